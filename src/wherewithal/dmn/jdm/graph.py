"""The graph of a JDM file: nodes in order of need, and under which branches each is reached."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wherewithal.dmn.diagnostics import Diagnostic, error

#: Bounds of a file that people draw.
BYTES_MAX = 4 * 2**20
NODES_MAX = 1_000
#: Branches under which a node is reached, each a set of (switch, statement); one suffices.
Reached = frozenset[frozenset[tuple[str, str]]]
ALWAYS: Reached = frozenset((frozenset(),))


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    """A node as it stands in the file."""

    node_id: str
    name: str
    kind: str
    content: Any

    @property
    def place(self) -> str:
        """Return how a diagnostic names it."""
        return f"node '{self.name}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """From a node, or from a statement of a switch, to a node."""

    source: str
    target: str
    handle: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JdmGraph:
    """Nodes in order of need."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[Edge, ...]

    def into(self, node_id: str) -> list[Edge]:
        """Return the edges that end at a node, in the order of the file."""
        return [edge for edge in self.edges if edge.target == node_id]

    def leaves(self) -> list[GraphNode]:
        """Return the output nodes, or, if there is none, the nodes from which nothing leads on."""
        outputs = [node for node in self.nodes if node.kind == "outputNode"]
        sources = {edge.source for edge in self.edges}
        return outputs or [node for node in self.nodes if node.node_id not in sources]


def read_graph(data: bytes) -> tuple[JdmGraph | None, list[Diagnostic]]:
    """Return the graph of a file, or what keeps it from being one."""
    found = _json(data)
    if isinstance(found, Diagnostic):
        return None, [found]
    if "blocks" in found:
        message = "a policy of blocks is another format; export its decision graph (JDM)"
        return None, [error("not-jdm", "", message)]
    raw_nodes, raw_edges = found.get("nodes"), found.get("edges")
    if not isinstance(raw_nodes, list) or not isinstance(raw_edges, list):
        return None, [error("not-jdm", "", "expected a JSON object with 'nodes' and 'edges'")]
    if len(raw_nodes) > NODES_MAX:
        return None, [error("too-large", "", f"has more than {NODES_MAX} nodes")]
    nodes, problems = _nodes(raw_nodes)
    edges: list[Edge] = []
    for place, one in enumerate(raw_edges, 1):
        edge = _edge(one, nodes)
        if edge is None:
            problems.append(error("unknown-node", f"edge {place}", "leads from or to no node"))
        else:
            edges.append(edge)
    ordered = _in_order(nodes, edges)
    if ordered is None:
        problems.append(error("cycle", "", "the nodes need each other in a circle"))
    if problems or ordered is None:
        return None, problems
    return JdmGraph(nodes=tuple(ordered), edges=tuple(dict.fromkeys(edges))), []


def _json(data: bytes) -> dict[str, Any] | Diagnostic:
    if len(data) > BYTES_MAX:
        return error("too-large", "", f"is larger than {BYTES_MAX} bytes")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return error("not-jdm", "", "is no JSON, or JSON that nests too deep")
    if not isinstance(found, dict):
        return error("not-jdm", "", "expected a JSON object with 'nodes' and 'edges'")
    return found


def _nodes(raw: list[Any]) -> tuple[dict[str, GraphNode], list[Diagnostic]]:
    nodes: dict[str, GraphNode] = {}
    problems: list[Diagnostic] = []
    for place, one in enumerate(raw, 1):
        at = f"node {place}"
        if not isinstance(one, Mapping) or not isinstance(one.get("id"), str):
            problems.append(error("not-jdm", at, "has no 'id'"))
        elif one["id"] in nodes:
            problems.append(error("duplicate-id", at, "another node has the same 'id'"))
        else:
            name, kind = one.get("name"), one.get("type")
            nodes[one["id"]] = GraphNode(
                node_id=one["id"],
                name=name if isinstance(name, str) and name.strip() else at,
                kind=kind if isinstance(kind, str) else "",
                content=one.get("content"),
            )
    return nodes, problems


def _edge(one: Any, nodes: Mapping[str, GraphNode]) -> Edge | None:
    if not isinstance(one, Mapping):
        return None
    source, target, handle = (one.get(k) for k in ("sourceId", "targetId", "sourceHandle"))
    if not isinstance(source, str) or not isinstance(target, str):
        return None
    if source not in nodes or target not in nodes:
        return None
    return Edge(source=source, target=target, handle=handle if isinstance(handle, str) else None)


def _in_order(nodes: Mapping[str, GraphNode], edges: Iterable[Edge]) -> list[GraphNode] | None:
    """Return the nodes such that each stands behind those that lead to it; None if none can."""
    waiting = {name: {edge.source for edge in edges if edge.target == name} for name in nodes}
    found: list[GraphNode] = []
    while waiting:
        ready = [name for name, before in waiting.items() if not before & waiting.keys()]
        if not ready:
            return None
        for name in ready:
            found.append(nodes[name])
            del waiting[name]
    return found


def both(one: Reached, other: frozenset[tuple[str, str]]) -> Reached:
    """Return what is reached under a condition and a branch more."""
    return frozenset(alternative | other for alternative in one)


def either(several: Iterable[Reached], statements: Mapping[str, tuple[str, ...]]) -> Reached:
    """Return what is reached under any of several; all branches of a switch are no condition.

    `statements` are the branches of each switch of which one is always taken.
    """
    found = frozenset[frozenset[tuple[str, str]]]().union(*several)
    for switch, branches in reversed(list(statements.items())):
        for alternative in sorted(found, key=sorted):
            rest = frozenset(pair for pair in alternative if pair[0] != switch)
            whole = {rest | {(switch, branch)} for branch in branches}
            if rest != alternative and whole <= found:
                found = (found - whole) | {rest}
    # What is reached anyway needs no narrower condition beside it.
    return frozenset(one for one in found if not any(other < one for other in found))


def excludes(one: Reached, other: Reached) -> bool:
    """Say whether two conditions can never hold at once: their branches are of one switch."""
    return all(
        any(a[0] == b[0] and a[1] != b[1] for a in first for b in second)
        for first in one
        for second in other
    )
