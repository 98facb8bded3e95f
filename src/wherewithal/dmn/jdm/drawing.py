"""What the nodes of one graph share while they are made decisions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from wherewithal.dmn.diagnostics import Diagnostic, error, note, warning
from wherewithal.dmn.jdm.drawn import DrawnDecision, DrawnModel, Logic
from wherewithal.dmn.jdm.feel_writer import FeelWriter, Field
from wherewithal.dmn.jdm.fields import Environment, Inputs, Names, Origin, Parts, is_plain_name
from wherewithal.dmn.jdm.graph import ALWAYS, Reached, either, excludes
from wherewithal.dmn.jdm.zen_ast import Path, Unmapped


@dataclass(slots=True, kw_only=True)
class Drawing:
    """The model so far, and everything that does not map."""

    model: DrawnModel
    names: Names
    inputs: Inputs = field(default_factory=Inputs)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    #: The decision of each switch, and of those that always take a branch their branches.
    switches: dict[str, str] = field(default_factory=dict)
    statements: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: Fields that a table may leave as they were, with the place: an input may hold them.
    maybe_written: dict[Parts, str] = field(default_factory=dict)

    def error(self, place: str, message: str) -> None:
        """Note what does not map."""
        self.diagnostics.append(error("does-not-map", place, message))

    def warn(self, place: str, message: str) -> None:
        """Note what maps but for a difference."""
        self.diagnostics.append(warning("maps-with-a-difference", place, message))

    def note(self, place: str, message: str) -> None:
        """Note what is so."""
        self.diagnostics.append(note("good-to-know", place, message))

    def add(self, wanted: str, logic: Logic, *, needs: Sequence[str], description: str) -> str:
        """Add a decision and return its name."""
        name = self.names.take(wanted)
        self.model.decisions.append(
            DrawnDecision(
                name=name, logic=logic, needs=tuple(dict.fromkeys(needs)), description=description
            )
        )
        return name

    def merged(
        self, parents: Sequence[tuple[Environment, Reached]], reached: Reached, place: str
    ) -> Environment:
        """Return what a node sees that several lead to, under the condition that it is reached."""
        if len(parents) == 1 and parents[0][1] == reached:
            return parents[0][0]
        merged = Environment(is_open=any(one.is_open for one, _ in parents))
        for parts in dict.fromkeys(parts for one, _ in parents for parts in one.written):
            holders = [(one.written[parts], at) for one, at in parents if parts in one.written]
            by_text = {
                text: either([at for one, at in holders if one.text == text], self.statements)
                for text in dict.fromkeys(one.text for one, _ in holders)
            }
            pairs = [(one, other) for one in by_text for other in by_text if one < other]
            if any(not excludes(by_text[one], by_text[other]) for one, other in pairs):
                message = (
                    f"'{'.'.join(parts)}' comes with different values from several nodes at once;"
                    " let one node write it"
                )
                self.error(place, message)
            merged.written[parts] = self._chosen(parts, holders, by_text, reached)
        return merged

    def _chosen(
        self,
        parts: Parts,
        holders: Sequence[tuple[Origin, Reached]],
        by_text: dict[str, Reached],
        reached: Reached,
    ) -> Origin:
        if len(by_text) == 1 and next(iter(by_text.values())) in (reached, ALWAYS):
            return holders[0][0]
        text = "null"
        needs = [one.decision for one, _ in holders]
        for value, at in reversed(by_text.items()):
            condition, switches = self._condition(at)
            needs += switches
            text = f"if {condition} then {value} else {text}" if condition else value
        is_list = any(one.is_list for one, _ in holders)
        name = self.add(
            f"{' '.join(parts)} by branch",
            text,
            needs=needs,
            description="The value of the branch that is taken.",
        )
        return Origin(text=name, decision=name, is_list=is_list)

    def _condition(self, reached: Reached) -> tuple[str, list[str]]:
        """Return the FEEL text of a condition, and the decisions that it reads."""
        alternatives = []
        needs: list[str] = []
        for alternative in sorted(reached, key=sorted):
            tests = []
            for switch, branch in sorted(alternative):
                needs.append(self.switches[switch])
                tests.append(f'{self.switches[switch]} = "{branch}"')
            alternatives.append(" and ".join(tests))
        return " or ".join(one for one in alternatives if one), needs


class Reader:
    """Says what paths are for the expressions of one node, and remembers what they read."""

    def __init__(self, drawing: Drawing, seen: Environment) -> None:
        """Take what the node sees."""
        self._drawing = drawing
        self._seen = seen
        #: What earlier expressions of the node wrote, read as `$.name`.
        self.own: dict[Parts, Origin] = {}
        self.needs: list[str] = []

    def writer(self, current_type: Callable[[str], None] | None = None) -> FeelWriter:
        """Return a writer for an expression, or for a cell if it may name `$`."""
        return FeelWriter(self.resolve, current_type=current_type)

    def resolve(self, path: Path, wants: str | None) -> Field:
        """Return what a field is in FEEL."""
        written = self.own if path.is_own else self._seen.written
        for length in range(len(path.parts), 0, -1):
            origin = written.get(path.parts[:length])
            if origin is not None:
                rest = path.parts[length:]
                if rest and (origin.is_list or not all(map(is_plain_name, rest))):
                    raise Unmapped(f"'{'.'.join(path.parts)}' reads inside a written value")
                self.needs += [origin.decision] if origin.decision else []
                return Field(text=".".join((origin.text, *rest)), is_list=origin.is_list)
        if any(one[: len(path.parts)] == path.parts for one in written):
            raise Unmapped(f"'{'.'.join(path.parts)}' is read whole; read its fields one by one")
        if path.is_own or not self._seen.is_open:
            # zen reads null where nothing is.
            return Field(text="null")
        if not all(map(is_plain_name, path.parts)):
            raise Unmapped(f"'{'.'.join(path.parts)}' holds a word of FEEL; rename the field")
        self._drawing.inputs.read(path.parts, wants)
        self.needs.append(path.parts[0])
        return Field(text=".".join(path.parts))
