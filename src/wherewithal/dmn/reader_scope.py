"""What a reading of one file carries: where we are, which names are known, what was found wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from wherewithal.dmn.diagnostics import Diagnostic, error, warning
from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.errors import FeelSyntaxError
from wherewithal.dmn.feel.lexer import normalise_name
from wherewithal.dmn.feel.parser import parse_expression, parse_unary_tests
from wherewithal.dmn.model import Feel
from wherewithal.dmn.names_check import check_names
from wherewithal.dmn.reader_xml import Element, line_of, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A place in the model and the names that a text there may read."""

    place: str
    names: frozenset[str]
    #: Names of all elements of the model, for a better message where one is not required.
    elsewhere: frozenset[str] = frozenset()
    depth: int = 0

    def at(self, part: str) -> Scope:
        """Return the scope of a part of this place."""
        return replace(self, place=f"{self.place}, {part}" if self.place else part)

    def knowing(self, names: Iterable[str]) -> Scope:
        """Return this scope with more names."""
        return replace(self, names=self.names | frozenset(names))

    def deeper(self) -> Scope:
        """Return this scope one level of boxes down."""
        return replace(self, depth=self.depth + 1)


@dataclass(slots=True, kw_only=True)
class Reading:
    """The reading of one file."""

    file: str
    #: Names that may stand after a dot, as a type, or inside a filter.
    members: frozenset[str] = frozenset()
    #: By prefix of a type reference: what to write instead.
    type_prefixes: dict[str, str] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _parsed: dict[tuple[str, frozenset[str], bool], ast.Node | FeelSyntaxError] = field(
        default_factory=dict
    )

    def error(self, code: str, place: str, message: str, *, line: int | None = None) -> None:
        """Record what refuses the model."""
        self.diagnostics.append(error(code, self._where(place, line), message))

    def warning(self, code: str, place: str, message: str, *, line: int | None = None) -> None:
        """Record what its author should see."""
        self.diagnostics.append(warning(code, self._where(place, line), message))

    def _where(self, place: str, line: int | None) -> str:
        parts = [part for part in (f"line {line}" if line else "", place) if part]
        return f"{self.file}: {', '.join(parts)}" if parts else self.file

    def name(self, element: Element, place: str, *, what: str) -> str | None:
        """Return an element's name, normalised; a missing one is an error."""
        name = normalise_name(element.get("name") or "")
        if name:
            return name
        message = f"{what} has no name; give it a 'name' attribute"
        self.error("missing-name", place, message, line=line_of(element))
        return None

    def type_ref(self, raw: str | None) -> str | None:
        """Return a type reference without the prefix of FEEL or of this model's own namespace."""
        if raw is None or not raw.strip():
            return None
        name = normalise_name(raw)
        prefix, colon, rest = name.partition(":")
        if colon and prefix in self.type_prefixes:
            return self.type_prefixes[prefix] + rest
        return name

    def expression(self, element: Element | None, scope: Scope) -> Feel | None:
        """Parse an element's text as an expression; None if there is no text."""
        text = text_of(element)
        if element is None or text is None or not text.strip():
            return None
        return self._feel(text, scope, element, tests=False)

    def tests(self, element: Element | None, scope: Scope) -> Feel | None:
        """Parse an element's text as unary tests; None if there is no text."""
        text = text_of(element)
        if element is None or text is None or not text.strip():
            return None
        return self._feel(text, scope, element, tests=True)

    def _feel(self, text: str, scope: Scope, element: Element, *, tests: bool) -> Feel:
        line = line_of(element)
        key = (text, scope.names, tests)
        found = self._parsed.get(key)
        if found is None:
            parse = parse_unary_tests if tests else parse_expression
            try:
                found = parse(text, names=scope.names, members=self.members)
            except FeelSyntaxError as problem:
                found = problem
            self._parsed[key] = found
        if isinstance(found, FeelSyntaxError):
            shown = text.strip() if len(text.strip()) <= 80 else text.strip()[:77] + "..."
            self.error("feel-syntax", scope.place, f"{found} of: {shown}", line=line)
            return Feel(text=text, node=None, place=scope.place, line=line)
        unknown = check_names(
            found, known=scope.names, members=self.members, elsewhere=scope.elsewhere, tests=tests
        )
        where = self._where(scope.place, line)
        self.diagnostics += [replace(diagnostic, place=where) for diagnostic in unknown]
        return Feel(text=text, node=found, place=scope.place, line=line)
