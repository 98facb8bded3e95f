"""Writes zen's trees as FEEL that means the same.

Where a value is missing zen stops with an error, and FEEL goes on with null. A table's cell with an
error does not match; so an error may be null wherever null does not match either, and elsewhere the
text is written such that it is. `fails` and `needs` say which texts that depends on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wherewithal.dmn.jdm.zen_ast import (
    Binary,
    Call,
    Choice,
    Current,
    Node,
    Number,
    Path,
    Prefix,
    Range,
    Sequence,
    Text,
    Unmapped,
    Word,
)
from wherewithal.dmn.jdm.zen_parser import ORDER

_IF, _OR, _AND, _COMPARISON, _SUM, _PRODUCT, _POWER, _UNARY, _ATOM = range(9)
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a path of zen's is in FEEL: its text, and whether it is a list of hits."""

    text: str
    is_list: bool = False


#: Says what a path is; the second argument is the type that its use asks for, if any.
Resolve = Callable[[Path, str | None], Field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feel:
    """A FEEL text."""

    text: str
    level: int = _ATOM
    #: zen stops with an error if one of these is null; the text is then null.
    fails: frozenset[str] = _NOTHING
    #: The text is not true if one of these is null.
    needs: frozenset[str] = _NOTHING

    def at(self, level: int) -> str:
        """Return the text for a place that binds as tightly as `level`."""
        return self.text if self.level >= level else f"({self.text})"


_FUNCTIONS = {
    "floor": "floor({0})",
    "ceil": "ceiling({0})",
    "abs": "abs({0})",
    "trunc": "round down({0}, 0)",
    "upper": "upper case({0})",
    "lower": "lower case({0})",
    "startsWith": "starts with({0}, {1})",
    "endsWith": "ends with({0}, {1})",
}
_OF_TEXTS = ("upper", "lower", "startsWith", "endsWith")
_OF_LISTS = {"min": "min", "max": "max", "sum": "sum"}
_REMEDIES = {
    "d": "zen's dates have a time and a zone; declare the input as a date and use date(...)",
    "date": "it gives seconds; declare the input as a date and use date(...)",
    "contains": "it takes texts and lists; write contains(...) or list contains(...)",
    "len": "it counts bytes; write string length(...), or count(...) of a list",
    "map": "write for ... in ... return ...",
    "filter": "write list[condition on item]",
    "some": "write some ... in ... satisfies ...",
    "all": "write every ... in ... satisfies ...",
}


def quoted(value: str) -> str:
    """Return a string as FEEL writes it; zen's have no escapes."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"'


class FeelWriter:
    """Writes trees; `notes` gathers what is exact only up to a difference worth a warning."""

    def __init__(self, resolve: Resolve, *, current_type: Callable[[str], None] | None) -> None:
        """Take what says what paths are; `current_type` hears the types of `$`, None: no cell."""
        self._resolve = resolve
        self._current_type = current_type
        self.notes: list[str] = []

    def write(self, node: Node, wants: str | None = None) -> Feel:
        """Return the text of a tree; Unmapped if it has none."""
        match node:
            case Number(text=text):
                return Feel(text=text)
            case Text(value=value):
                return Feel(text=quoted(value))
            case Word(text=text):
                return Feel(text=text)
            case Path():
                return self._path(node, wants)
            case Current():
                return self._current(wants)
            case Prefix(operator="-"):
                return Feel(
                    text=f"-{self._number(node.operand).at(_UNARY)}",
                    level=_UNARY,
                    fails=self._operand_fails(node.operand),
                )
            case Prefix():
                return Feel(
                    text=f"not({self.condition(node.operand).text})",
                    fails=self.condition(node.operand).fails,
                )
            case Binary():
                return self._binary(node)
            case Choice():
                return self._choice(node, wants)
            case Call():
                return self._call(node)
            case Sequence():
                return Feel(text=f"[{', '.join(self.write(one).text for one in node.items)}]")
            case Range():
                raise Unmapped("a range stands only behind 'in' or as a test")

    def condition(self, node: Node, *, is_test: bool = False) -> Feel:
        """Return the text of what must be true or false; zen takes nothing else for either.

        Of a test only truth counts: what zen stops at may be false as well as null.
        """
        if isinstance(node, Number | Text | Sequence):
            raise Unmapped("true or false was expected; zen stops at anything else")
        if isinstance(node, Binary) and node.operator in ("and", "or"):
            return self._logic(node, is_test=is_test)
        found = self.write(node, "boolean")
        if isinstance(node, Path | Current):
            return Feel(
                text=found.text, fails=frozenset((found.text,)), needs=frozenset((found.text,))
            )
        return found

    def _path(self, node: Path, wants: str | None) -> Feel:
        field = self._resolve(node, wants)
        if field.is_list and wants != "list":
            raise Unmapped(f"'{'.'.join(node.parts)}' is a list of hits; only len(...) reads it")
        return Feel(text=field.text)

    def _current(self, wants: str | None) -> Feel:
        if self._current_type is None:
            raise Unmapped("'$' stands for a column, and this is none")
        if wants is not None:
            self._current_type(wants)
        return Feel(text="?")

    def _number(self, node: Node) -> Feel:
        if isinstance(node, Text | Word | Sequence):
            raise Unmapped("a number was expected; zen stops at anything else")
        return self.write(node, "number")

    def _operand_fails(self, node: Node) -> frozenset[str]:
        return _NOTHING if isinstance(node, Number) else frozenset((self._number(node).text,))

    def _binary(self, node: Binary) -> Feel:
        operator = node.operator
        if operator in ("and", "or"):
            return self._logic(node, is_test=False)
        if operator in ("in", "not in"):
            return self._member(node)
        if operator in ("==", "!="):
            return self._equal(node)
        if operator in ORDER:
            return self._order(node)
        if operator == "??":
            left = self.write(node.left)
            if left.fails or not isinstance(node.left, Path):
                raise Unmapped("'??' is exact only behind a field")
            text = f"if {left.text} != null then {left.text} else {self.write(node.right).at(_OR)}"
            return Feel(text=text, level=_IF)
        return self._arithmetic(node)

    def _arithmetic(self, node: Binary) -> Feel:
        if node.operator == "%":
            raise Unmapped("'%' of a negative number differs from FEEL's modulo(a, b)")
        if node.operator == "+" and (isinstance(node.left, Text) or isinstance(node.right, Text)):
            sides = (self.write(node.left, "string"), self.write(node.right, "string"))
            text = f"{sides[0].at(_SUM)} + {sides[1].at(_PRODUCT)}"
            return Feel(text=text, level=_SUM, fails=frozenset((text,)))
        left, right = self._number(node.left), self._number(node.right)
        fails = self._operand_fails(node.left) | self._operand_fails(node.right)
        if node.operator == "^":
            if not isinstance(node.right, Number) or node.right.text not in ("2", "3", "4"):
                raise Unmapped("'^' is exact for the exponents 2, 3 and 4 alone")
            text = f"{left.at(_ATOM)} ** {right.text}"
            return Feel(text=text, level=_POWER, fails=fails)
        if node.operator == "/":
            self.notes.append("zen divides to 28 digits and FEEL to 34; round the quotient")
        level = _SUM if node.operator in "+-" else _PRODUCT
        text = f"{left.at(level)} {node.operator} {right.at(level + 1)}"
        return Feel(text=text, level=level, fails=fails)

    def _order(self, node: Binary) -> Feel:
        if isinstance(node.left, Text) or isinstance(node.right, Text):
            raise Unmapped("zen cannot order texts, so this never matches; FEEL can")
        sides = (self._number(node.left), self._number(node.right))
        fails = self._operand_fails(node.left) | self._operand_fails(node.right)
        text = f"{sides[0].at(_SUM)} {node.operator} {sides[1].at(_SUM)}"
        return Feel(text=text, level=_COMPARISON, fails=fails, needs=fails)

    def _equal(self, node: Binary) -> Feel:
        if isinstance(node.left, Sequence) or isinstance(node.right, Sequence):
            raise Unmapped("lists are never equal in zen; compare their items")
        if len({kind_of(node.left), kind_of(node.right)} - {None}) > 1:
            raise Unmapped("values of two kinds are unequal in zen and null in FEEL")
        left = self.write(node.left, kind_of(node.right))
        right = self.write(node.right, kind_of(node.left))
        operator = "=" if node.operator == "==" else "!="
        text = f"{left.at(_SUM)} {operator} {right.at(_SUM)}"
        needs = _NOTHING
        if operator == "=" and kind_of(node.right) is not None:
            needs = frozenset((left.text,))
        return Feel(text=text, level=_COMPARISON, fails=left.fails | right.fails, needs=needs)

    def _member(self, node: Binary) -> Feel:
        is_negated = node.operator == "not in"
        if isinstance(node.right, Range):
            found = self._in_range(node.left, node.right)
        elif isinstance(node.right, Sequence):
            kinds = {kind_of(item) for item in node.right.items} - {None}
            left = self.write(node.left, next(iter(kinds)) if len(kinds) == 1 else None)
            if not node.right.items or any(not is_literal(one) for one in node.right.items):
                raise Unmapped("a list of values was expected behind 'in'")
            items = ", ".join(self.write(item).text for item in node.right.items)
            has_null = any(item == Word("null") for item in node.right.items)
            needs = _NOTHING if has_null else frozenset((left.text,))
            text = f"{left.at(_SUM)} in ({items})"
            found = Feel(text=text, level=_COMPARISON, fails=left.fails, needs=needs)
        else:
            raise Unmapped("behind 'in' a range or a list of values was expected")
        if not is_negated:
            return found
        return Feel(text=f"not({found.text})", fails=found.fails)

    def _in_range(self, left: Node, right: Range) -> Feel:
        fails = self._operand_fails(left)
        ends = []
        for end in (right.low, right.high):
            fails |= self._operand_fails(end)
            ends.append(self._number(end).text)
        opening, closing = "[" if right.has_low else "(", "]" if right.has_high else ")"
        text = f"{self._number(left).at(_SUM)} in {opening}{ends[0]}..{ends[1]}{closing}"
        return Feel(text=text, level=_COMPARISON, fails=fails, needs=fails)

    def _logic(self, node: Binary, *, is_test: bool) -> Feel:
        is_and = node.operator == "and"
        # zen stops at an error on the left; FEEL's or would go on to the right.
        left = self.condition(node.left, is_test=is_test and is_and)
        right = self.condition(node.right, is_test=is_test)
        level = _AND if is_and else _OR
        text = f"{left.at(level)} {node.operator} {right.at(level)}"
        if is_and:
            if left.fails and not is_test:
                # Of null and false FEEL makes false, which a value must not be.
                return _guarded(left, text, fails=right.fails)
            return Feel(
                text=text,
                level=level,
                fails=left.fails | right.fails,
                needs=left.needs | right.needs,
            )
        if left.fails <= right.needs:
            fails = left.fails | right.fails
            return Feel(text=text, level=level, fails=fails, needs=left.needs & right.needs)
        return _guarded(left, text, fails=right.fails)

    def _choice(self, node: Choice, wants: str | None) -> Feel:
        condition = self.condition(node.condition)
        yes, no = self.write(node.yes, wants), self.write(node.no, wants)
        text = f"if {condition.text} then {yes.at(_OR)} else {no.at(_IF)}"
        if condition.fails:
            return _guarded(condition, text, fails=yes.fails | no.fails)
        return Feel(text=text, level=_IF, fails=yes.fails | no.fails)

    def _call(self, node: Call) -> Feel:
        name, arguments = node.name, node.arguments
        if name in _FUNCTIONS and len(arguments) == 1 + (name in ("startsWith", "endsWith")):
            wants = "string" if name in _OF_TEXTS else "number"
            texts = [self.write(one, wants).text for one in arguments]
            literals = {one for one in texts if one[:1] == '"' or one[:1].isdigit()}
            text = _FUNCTIONS[name].format(*texts)
            return Feel(text=text, fails=frozenset(texts) - literals)
        if name == "round" and len(arguments) in (1, 2):
            scale = arguments[1] if len(arguments) > 1 else Number("0")
            if not isinstance(scale, Number):
                raise Unmapped("round(x, n) needs a number for n")
            value = self._number(arguments[0]).text
            text = f"round half up({value}, {scale.text})"
            return Feel(text=text, fails=self._operand_fails(arguments[0]))
        if name in _OF_LISTS and len(arguments) == 1 and isinstance(arguments[0], Sequence):
            items = arguments[0].items
            if not items:
                raise Unmapped(f"{name}([]) of nothing differs from FEEL")
            fails = frozenset[str]().union(*(self._operand_fails(item) for item in items))
            texts = [self._number(item).text for item in items]
            return Feel(text=f"{_OF_LISTS[name]}({', '.join(texts)})", fails=fails)
        if name == "len" and len(arguments) == 1 and isinstance(arguments[0], Path):
            field = self._resolve(arguments[0], None)
            if field.is_list:
                return Feel(text=f"count({field.text})")
        remedy = _REMEDIES.get(name, "write it in FEEL")
        raise Unmapped(f"{name}(...) has no exact FEEL form: {remedy}")


def _guarded(left: Feel, text: str, *, fails: frozenset[str]) -> Feel:
    """Return the text, null where what zen looks at first is an error."""
    guarded = f"if {left.at(_COMPARISON + 1)} = null then null else {text}"
    return Feel(text=guarded, level=_IF, fails=left.fails | fails)


def is_literal(node: Node) -> bool:
    """Say whether a tree is a value: a number (with its sign), a text, a word."""
    if isinstance(node, Prefix):
        return node.operator == "-" and isinstance(node.operand, Number)
    return isinstance(node, Number | Text | Word)


def kind_of(node: Node) -> str | None:
    """Return the FEEL type of a value, None where it is not seen from the text."""
    match node:
        case Number():
            return "number"
        case Text():
            return "string"
        case Word(text=text) if text != "null":
            return "boolean"
        case Prefix(operator="-"):
            return "number"
    return None
