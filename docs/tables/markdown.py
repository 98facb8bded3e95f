"""Tables in Markdown, and values as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wherewithal.dmn.types import Kind, Type


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a bar inside a cell is escaped, so that it ends no cell."""
    lines = [list(head), ["---"] * len(head), *map(list, rows)]
    return "\n".join("| " + " | ".join(cell or " " for cell in line) + " |" for line in lines)


def code(text: str) -> str:
    r"""Return a text as code in a cell.

    >>> code('a | b')
    '`a \\| b`'
    """
    return f"`{' '.join(text.split())}`".replace("|", "\\|") if text.strip() else ""


def codes(texts: Iterable[str]) -> str:
    """Return texts as code, with commas."""
    return ", ".join(code(text) for text in texts)


def plain(text: str | None) -> str:
    """Return a sentence for a cell; nothing for None."""
    return " ".join((text or "").split()).replace("|", "\\|")


def dollars(cents: int) -> str:
    """Return cents as dollars, without cents where there are none.

    >>> dollars(2_000_000), dollars(2_625)
    ('$20,000', '$26.25')
    """
    whole, part = divmod(cents, 100)
    return f"${whole:,}.{part:02d}" if part else f"${whole:,}"


def percent(bps: int) -> str:
    """Return basis points as percent.

    >>> percent(1399), percent(10_000), percent(50)
    ('13.99%', '100%', '0.5%')
    """
    return f"{bps / 100:.2f}".rstrip("0").rstrip(".") + "%"


def type_words(type_: Type) -> str:
    """Return a static type as a reader of policy needs it.

    >>> from wherewithal.dmn.types import number
    >>> type_words(number(0, 1200, nullable=True))
    'number, 0 to 1,200, or null'
    """
    words = type_.kind.value
    if type_.kind is Kind.NUMBER:
        decimals = f" with {type_.scale} decimals" if type_.scale else ""
        words += f"{decimals}, {type_.low:,} to {type_.high:,}"
    elif type_.values is not None:
        words = " or ".join(sorted(type_.values))
    return words + (", or null" if type_.nullable else "")
