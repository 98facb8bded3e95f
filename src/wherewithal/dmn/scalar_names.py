"""Which nodes of the scalar executor get a name, so that no expression grows too large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wherewithal.dmn.ir import Node, Op

#: CPython's parser nests a chain of conditional expressions; longer ones are cut.
CHAIN_MAX = 60
#: It also bounds nested parentheses by 200; an operation takes up to three, so higher ones are cut.
HEIGHT_MAX = 24
#: What is guarded stays in its branch, where it costs nothing if the branch is not taken. Larger
#: pieces that are used twice are assigned all the same, lest the source grow without bound.
GUARDED_SIZE_MAX = 8

#: Ops that are never assigned: they are names or literals, or read as their operand.
_PASSED = (Op.INPUT, Op.CONSTANT, Op.ASSUME, Op.UNITS)
_LOGIC = (Op.AND, Op.OR)


def named_nodes(order: Sequence[Node], uses: Mapping[int, int]) -> frozenset[int]:
    """Return the numbers of the nodes to assign: shared, long or high ones, and all guards.

    `order` has operands first; `uses` says how often each node is an operand or a result.
    """
    guards = frozenset[int]().union(*(node.guards for node in order))
    named: set[int] = set()
    sizes: dict[int, int] = {}
    heights: dict[int, int] = {}
    for node in order:
        if node.op in (Op.INPUT, Op.CONSTANT):
            sizes[node.number] = heights[node.number] = 0
            continue
        open_operands = [operand for operand in node.operands if operand.number not in named]
        size = sum(sizes[operand.number] for operand in open_operands)
        height = max((_height_in(node, operand, heights) for operand in open_operands), default=0)
        sizes[node.number], heights[node.number] = size, height
        if node.op in _PASSED:
            continue
        sizes[node.number] += 1
        heights[node.number] += 1 + branches(node) // 10
        is_small = node.guards and sizes[node.number] <= GUARDED_SIZE_MAX
        if (
            (uses[node.number] > 1 and not is_small)
            or node.number in guards
            or branches(node) > CHAIN_MAX
            or heights[node.number] > HEIGHT_MAX
        ):
            named.add(node.number)
    return frozenset(named)


def branches(node: Node) -> int:
    """Return the number of conditions of a case."""
    return len(node.operands) // 2 if node.op is Op.CASE else 0


def parts_of(node: Node, named: frozenset[int]) -> list[Node]:
    """Return what a chain of one `and` or `or` joins, as far as it is not assigned."""
    parts: list[Node] = []
    stack = list(reversed(node.operands))
    while stack:
        one = stack.pop()
        if one.op is node.op and one.number not in named:
            stack += reversed(one.operands)
        else:
            parts.append(one)
    return parts


def _height_in(node: Node, operand: Node, heights: Mapping[int, int]) -> int:
    # A chain of one `and` or `or` is rendered flat, so that its links add no height.
    is_link = node.op in _LOGIC and operand.op is node.op
    return heights[operand.number] - is_link
