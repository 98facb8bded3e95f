"""Checks of a whole model: names that collide, decisions that need themselves, unknown types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from wherewithal.dmn.diagnostics import near_miss
from wherewithal.dmn.model import Model
from wherewithal.dmn.reader_scope import Reading

#: What FEEL itself names as a type, in every spelling that tools write.
FEEL_TYPES = frozenset(
    (
        "Any",
        "any",
        "boolean",
        "context",
        "date",
        "date and time",
        "dateTime",
        "days and time duration",
        "dayTimeDuration",
        "duration",
        "function",
        "list",
        "null",
        "Null",
        "number",
        "range",
        "string",
        "time",
        "years and months duration",
        "yearMonthDuration",
    )
)


def check_model(reading: Reading, model: Model) -> None:
    """Record what is wrong with a model as a whole."""
    _check_duplicates(reading, model)
    _check_cycles(reading, model)
    _check_types(reading, model)


def _check_duplicates(reading: Reading, model: Model) -> None:
    groups: Sequence[tuple[str, Sequence[str]]] = (
        ("input", [element.name for element in model.inputs]),
        ("decision", [element.name for element in model.decisions]),
        ("knowledge model", [element.name for element in model.knowledge_models]),
        ("decision service", [element.name for element in model.services]),
        ("import", [item.name for item in model.imports if item.name]),
    )
    seen: dict[str, str] = {}
    for what, names in groups:
        for name in names:
            if name in seen:
                article = "an" if what[0] in "aeiou" else "a"
                message = (
                    f"{article} {what} has the name of another {seen[name]}; rename one of them"
                )
                reading.error("duplicate-name", f"{what} '{name}'", message)
            seen.setdefault(name, what)


def _check_cycles(reading: Reading, model: Model) -> None:
    graph: dict[str, Sequence[str]] = {item.name: item.requires for item in model.decisions}
    graph |= {item.name: item.requires for item in model.knowledge_models}
    decisions = {item.name for item in model.decisions}
    for cycle in find_cycles(graph):
        # A knowledge model may call itself; only a cycle of values can never be computed.
        if any(name in decisions for name in cycle):
            path = " -> ".join(f"'{name}'" for name in [*cycle, cycle[0]])
            message = f"the decision needs itself: {path}; remove one of these requirements"
            reading.error("cycle", f"decision '{cycle[0]}'", message)


def find_cycles(graph: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return one path for each cycle that a depth-first walk meets, in the graph's order."""
    cycles: list[list[str]] = []
    done: set[str] = set()
    for start in graph:
        if start in done:
            continue
        path: list[str] = [start]
        on_path: dict[str, int] = {start: 0}
        pending: list[Iterator[str]] = [iter(graph[start])]
        while pending:
            following = next(pending[-1], None)
            if following is None:
                pending.pop()
                finished = path.pop()
                del on_path[finished]
                done.add(finished)
            elif following in on_path:
                cycles.append(path[on_path[following] :])
            elif following in graph and following not in done:
                on_path[following] = len(path)
                path.append(following)
                pending.append(iter(graph[following]))
    return cycles


def _check_types(reading: Reading, model: Model) -> None:
    known = FEEL_TYPES | {item.name for item in model.item_definitions}
    prefixes = tuple(f"{item.name}." for item in model.imports if item.name)
    # What an import without a name, or one whose model was not given, brings is not known here.
    if any(not item.name for item in model.imports):
        return
    said: set[tuple[str, str]] = set()
    for type_ref, place, line in reading.types_named:
        if type_ref in known or type_ref.startswith(prefixes) or "<" in type_ref:
            continue
        if (type_ref, place) not in said:
            said.add((type_ref, place))
            message = f"unknown type '{type_ref}'{near_miss(type_ref, known)}"
            reading.error("unknown-type", place, message, line=line)
    _check_type_cycles(reading, model)


def _check_type_cycles(reading: Reading, model: Model) -> None:
    """Say which types are but names for themselves; a structure may hold its like."""
    graph = {
        item.name: [item.type_ref]
        for item in model.item_definitions
        if item.type_ref is not None and not item.components
    }
    for cycle in find_cycles(graph):
        path = " -> ".join(f"'{name}'" for name in [*cycle, cycle[0]])
        message = f"the type is defined by itself: {path}; give one of them another type"
        reading.error("cycle", f"type '{cycle[0]}'", message)
