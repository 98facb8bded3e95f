"""What a reading of one file carries: where we are, which names are known, what was found wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from wherewithal.dmn.diagnostics import Diagnostic, error, warning
from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.errors import FeelSyntaxError
from wherewithal.dmn.feel.lexer import normalise_name
from wherewithal.dmn.feel.names import KEYWORDS
from wherewithal.dmn.feel.parser import parse_expression, parse_iteration, parse_unary_tests
from wherewithal.dmn.feel.signatures import SIGNATURES
from wherewithal.dmn.model import Feel
from wherewithal.dmn.names_check import check_calls, check_names
from wherewithal.dmn.reader_xml import Element, line_of, text_of

#: Diagnostics of a file after which near misses are no longer looked for: each takes a while.
_HINTS_MAX = 200
Parse = Callable[..., ast.Node]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A place in the model and the names that a text there may read."""

    place: str
    names: frozenset[str]
    #: Names of all elements of the model, for a better message where one is not required.
    elsewhere: frozenset[str] = frozenset()
    depth: int = 0
    #: Whether names may be those of the items that a filter looks at.
    in_filter: bool = False
    #: Names that a box around this place has bound: what they hold is not known.
    bound: frozenset[str] = frozenset()

    def at(self, part: str) -> Scope:
        """Return the scope of a part of this place."""
        return replace(self, place=f"{self.place}, {part}" if self.place else part)

    def knowing(self, names: Iterable[str]) -> Scope:
        """Return this scope with more names."""
        added = frozenset(names)
        return replace(self, names=self.names | added, bound=self.bound | added)

    def deeper(self) -> Scope:
        """Return this scope one level of boxes down."""
        return replace(self, depth=self.depth + 1)


@dataclass(slots=True, kw_only=True)
class Reading:
    """The reading of one file."""

    file: str
    #: Names that may stand after a dot, as a type, or inside a filter.
    members: frozenset[str] = frozenset()
    #: The language of texts that do not name their own; empty is FEEL.
    language: str = ""
    #: Types of other engines and what of FEEL they are, but for those that the model defines.
    foreign_types: Mapping[str, str] = field(default_factory=dict)
    #: By prefix of a type reference: what to write instead.
    type_prefixes: dict[str, str] = field(default_factory=dict)
    #: Parameters of this file's functions by name, for checks of their calls.
    signatures: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    #: Type references that were read, each with its place and line.
    types_named: list[tuple[str, str, int | None]] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _parsed: dict[tuple[str, frozenset[str], Parse], ast.Node | FeelSyntaxError] = field(
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
        if name in KEYWORDS:
            message = f"no expression can read '{name}', a word of FEEL; give it another name"
            self.warning("reserved-name", place, message, line=line_of(element))
        if name:
            return name
        message = f"{what} has no name; give it a 'name' attribute"
        self.error("missing-name", place, message, line=line_of(element))
        return None

    def type_ref(self, raw: str | None, place: str, element: Element) -> str | None:
        """Return a type reference without the prefix of FEEL or of this model's own namespace."""
        if raw is None or not raw.strip():
            return None
        name = normalise_name(raw)
        prefix, colon, rest = name.partition(":")
        if colon and prefix in self.type_prefixes:
            name = self.type_prefixes[prefix] + rest
        if name in self.foreign_types:
            message = (
                f"the type '{name}' is not one of FEEL's; it is read as {self.foreign_types[name]}"
            )
            self.warning("foreign-type", place, message, line=line_of(element))
            name = self.foreign_types[name]
        self.types_named.append((name, place, line_of(element)))
        return name

    def expression(self, element: Element | None, scope: Scope) -> Feel | None:
        """Parse an element's text as an expression; None if there is no text."""
        text = text_of(element)
        if element is None or text is None or not text.strip():
            return None
        return self._feel(text, scope, element, parse_expression)

    def iteration(self, element: Element, scope: Scope) -> Feel | None:
        """Parse an element's text as what is walked over: also `a..b`."""
        text = text_of(element)
        if text is None or not text.strip():
            return None
        return self._feel(text, scope, element, parse_iteration)

    def tests(self, element: Element | None, scope: Scope) -> Feel | None:
        """Parse an element's text as unary tests; None if there is no text."""
        text = text_of(element)
        if element is None or text is None or not text.strip():
            return None
        return self._feel(text, scope, element, parse_unary_tests)

    def signatures_in(self, scope: Scope, name: str) -> tuple[tuple[str, ...], ...]:
        """Return the parameter lists of what is called by a name here; none if not known."""
        if name in scope.bound:
            return ()
        return (self.signatures if name in scope.names else SIGNATURES).get(name, ())

    def _feel(self, text: str, scope: Scope, element: Element, parse: Parse) -> Feel:
        line = line_of(element)
        language = (element.get("expressionLanguage") or self.language).strip()
        if language and "feel" not in language.lower():
            message = f"the expression language '{language}' is not FEEL; only FEEL is evaluated"
            self.error("not-feel", scope.place, message, line=line)
            return Feel(text=text, node=None, place=scope.place, line=line)
        key = (text, scope.names, parse)
        found = self._parsed.get(key)
        if found is None:
            try:
                found = parse(text, names=scope.names, members=self.members)
            except FeelSyntaxError as problem:
                found = problem
            self._parsed[key] = found
        if isinstance(found, FeelSyntaxError):
            shown = text.strip() if len(text.strip()) <= 80 else text.strip()[:77] + "..."
            self.error("feel-syntax", scope.place, f"{found} of: {shown}", line=line)
            return Feel(text=text, node=None, place=scope.place, line=line)
        wrong = check_names(
            found,
            known=scope.names,
            members=self.members,
            elsewhere=scope.elsewhere,
            tests=parse is parse_unary_tests,
            in_filter=scope.in_filter,
            hints=len(self.diagnostics) < _HINTS_MAX,
        )
        wrong += check_calls(found, lambda name: self.signatures_in(scope, name))
        where = self._where(scope.place, line)
        self.diagnostics += [replace(diagnostic, place=where) for diagnostic in wrong]
        return Feel(text=text, node=found, place=scope.place, line=line)
