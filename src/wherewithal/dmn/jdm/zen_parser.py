"""Parses zen's two modes: expressions, and the tests of a table's column."""

from __future__ import annotations

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
from wherewithal.dmn.jdm.zen_tokens import Token, tokens_of

ORDER = ("<", "<=", ">", ">=")
_COMPARISONS = ("==", "!=", *ORDER, "in", "not in")
#: How deep brackets may nest.
_DEPTH_MAX = 100
_WORDS = ("true", "false", "null")


def parse_expression(text: str) -> Node:
    """Return the tree of an expression; Unmapped if it has no FEEL form."""
    parser = _Parser(tokens_of(text))
    found = parser.choice()
    parser.expect_end()
    return found


def parse_cell(text: str) -> list[Node]:
    """Return the alternatives of a test, each a condition of `$`; any of them suffices.

    A text that names `$` is one expression; commas are no alternatives in it.
    """
    tokens = tokens_of(text)
    parser = _Parser(tokens)
    if any(token.text == "$" and token.kind == "name" for token in tokens):
        found = [_of_current(parser.choice())]
    else:
        found = [parser.any_test()]
        while parser.takes(","):
            found.append(parser.any_test())
    parser.expect_end()
    return found


def _of_current(node: Node) -> Node:
    """Return an expression that names `$`, if zen takes it as a condition.

    zen compares anything else with the column, `$` and `not ...` among it.
    """
    if isinstance(node, Binary) and node.operator in ("and", "or"):
        return Binary(node.operator, _of_current(node.left), _of_current(node.right))
    if _is_condition(node):
        return node
    raise Unmapped("zen compares this with the column; write a comparison, such as '$ == true'")


def _is_condition(node: Node) -> bool:
    """Say whether a part of a cell is true or false by itself, and no value of the column."""
    if isinstance(node, Call):
        return node.name in ("startsWith", "endsWith")
    return isinstance(node, Binary) and node.operator in _COMPARISONS


class _Parser:
    """A cursor over tokens; each method reads one level of the grammar."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def peek(self, ahead: int = 0) -> str:
        token = self._tokens[min(self._place + ahead, len(self._tokens) - 1)]
        return "" if token.kind in ("text", "end") else token.text

    def takes(self, *texts: str) -> bool:
        if self.peek() in texts:
            self._place += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.takes(text):
            raise Unmapped(f"expected '{text}' before '{self._tokens[self._place].text}'")

    def expect_end(self) -> None:
        token = self._tokens[self._place]
        if token.kind != "end":
            raise Unmapped(f"'{token.text}' was not expected here")

    def any_test(self) -> Node:
        found = self._all_tests()
        while self.takes("or"):
            found = Binary("or", found, self._all_tests())
        return found

    def _all_tests(self) -> Node:
        found = self._test()
        while self.takes("and"):
            found = Binary("and", found, self._test())
        return found

    def _test(self) -> Node:
        for operator in (*ORDER, "==", "!="):
            if self.takes(operator):
                return Binary(operator, Current(), self._sum())
        if self.peek() == "in":
            self.takes("in")
            return Binary("in", Current(), self._unary())
        if self.peek() == "not" and self.peek(1) == "in":
            self._place += 2
            return Binary("not in", Current(), self._unary())
        if self.peek() in ("not", "!"):
            raise Unmapped("zen cannot test 'not ...' in a column; write '!= x' or 'not in [...]'")
        found = self._comparison()
        if isinstance(found, Range | Sequence):
            return Binary("in", Current(), found)
        return found if _is_condition(found) else Binary("==", Current(), found)

    def choice(self) -> Node:
        self._depth += 1
        if self._depth > _DEPTH_MAX:
            raise Unmapped("nests too deep")
        found = self._or()
        if self.takes("?"):
            yes = self.choice()
            self.expect(":")
            found = Choice(found, yes, self.choice())
        self._depth -= 1
        return found

    def _or(self) -> Node:
        found = self._and()
        while self.takes("or"):
            found = Binary("or", found, self._and())
        return found

    def _and(self) -> Node:
        found = self._comparison()
        while self.takes("and"):
            found = Binary("and", found, self._comparison())
        return found

    def _comparison(self) -> Node:
        found = self._sum()
        while True:
            operator = self.peek()
            if operator == "not" and self.peek(1) == "in":
                operator = "not in"
                self._place += 1
            if operator not in _COMPARISONS:
                return found
            self._place += 1
            found = Binary(operator, found, self._sum())

    def _sum(self) -> Node:
        found = self._product()
        while (operator := self.peek()) in ("+", "-"):
            self._place += 1
            found = Binary(operator, found, self._product())
        return found

    def _product(self) -> Node:
        found = self._power()
        while (operator := self.peek()) in ("*", "/", "%"):
            self._place += 1
            found = Binary(operator, found, self._power())
        return found

    def _power(self) -> Node:
        found = self._unary()
        if self.takes("^"):
            return Binary("^", found, self._power())
        return found

    def _unary(self) -> Node:
        self._depth += 1
        if self._depth > _DEPTH_MAX:
            raise Unmapped("nests too deep")
        found: Node
        if self.takes("-"):
            found = Prefix("-", self._unary())
        elif self.peek() in ("not", "!"):
            self._place += 1
            found = Prefix("not", self._unary())
        else:
            found = self._primary()
            if self.takes("??"):
                found = Binary("??", found, self._unary())
        self._depth -= 1
        return found

    def _primary(self) -> Node:
        token = self._tokens[self._place]
        self._place += 1
        if token.kind == "number":
            return Number(token.text)
        if token.kind == "text":
            return Text(token.text)
        if token.kind == "name":
            return self._named(token.text)
        if token.text in ("(", "["):
            return self._bracket(token.text)
        if token.text == "{":
            raise Unmapped("an object in an expression: write one expression for each of its keys")
        if token.text == "#":
            raise Unmapped("'#' stands for items of a list: use FEEL's for, some or every")
        raise Unmapped(f"a value was expected at '{token.text}'" if token.text else "ends too soon")

    def _named(self, name: str) -> Node:
        if name in _WORDS:
            return Word(name)
        if name.startswith("$") and name != "$":
            raise Unmapped(f"'{name}' reads other nodes; read the field by its own name")
        if self.peek() == "(":
            self._place += 1
            return Call(name, self._arguments())
        parts = [] if name == "$" else [name]
        while self.takes("."):
            token = self._tokens[self._place]
            if token.kind != "name":
                raise Unmapped("a name was expected after '.'")
            self._place += 1
            parts.append(token.text)
        if self.peek() == "[":
            raise Unmapped("takes an item of a list; zen counts from 0, FEEL from 1: write it anew")
        if self.peek() == "(":
            raise Unmapped(f"the method '{parts[-1]}' has no FEEL form; zen's dates differ")
        return Path(tuple(parts), is_own=name == "$") if parts else Current()

    def _arguments(self) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self.takes(")"):
            found.append(self.choice())
            if self.peek() != ")":
                self.expect(",")
        if self.peek() == ".":
            raise Unmapped("a method after a call has no FEEL form; zen's dates differ")
        return tuple(found)

    def _bracket(self, opening: str) -> Node:
        if opening == "[" and self.takes("]"):
            return Sequence(())
        first = self.choice()
        if self.takes(".."):
            high = self.choice()
            closing = self.peek()
            if not self.takes(")", "]"):
                raise Unmapped("a range ends with ) or ]")
            return Range(first, high, opening == "[", closing == "]")
        if opening == "(":
            self.expect(")")
            return first
        items = [first]
        while self.takes(","):
            items.append(self.choice())
        self.expect("]")
        return Sequence(tuple(items))
