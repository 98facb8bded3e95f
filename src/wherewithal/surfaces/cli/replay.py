"""`wherewithal replay`: decide again from what was recorded, and show the first difference."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, Final, Protocol
from uuid import UUID

import msgspec
from cyclopts import App, Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from wherewithal.qualify.decide import Decision
from wherewithal.qualify.replay import Difference, Replayed
from wherewithal.service.replay_records import ReplayedDecision, Walk
from wherewithal.surfaces.cli.answer import print_json
from wherewithal.vocabulary.errors import InputRefused, Problem

EXIT_DIFFERS: Final = 1
#: The shape of the JSON; a change that breaks a reader raises the number.
SCHEMA: Final = "wherewithal.replay/1"
_SHOWN: Final = 12
_Flag = Annotated[bool, Parameter(negative="")]
Progressed = Callable[[int, int], None]


class ReplaysAll(Protocol):
    """Decides everything in a database again."""

    def __call__(
        self,
        data: Path | None,
        *,
        sample: int | None,
        seed: int,
        state: Path | None,
        on_progress: Progressed,
    ) -> Coroutine[Any, Any, Walk]:
        """Return what came of it; `state` names a file by which it goes on."""
        ...


class ReplaysRun(Protocol):
    """Decides the rows of a run's folder again."""

    def __call__(
        self,
        run: Path,
        *,
        bundle: Path | None,
        sample: int | None,
        seed: int,
        on_progress: Progressed,
    ) -> Walk:
        """Return what came of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayPorts:
    """What the command reaches for; wiring opens the database for each call."""

    #: By data folder, name and consumer; what differs comes first.
    one: Callable[[Path | None, str, UUID | None], Coroutine[Any, Any, Sequence[ReplayedDecision]]]
    #: As `one`, with the folder of another bundle.
    against: Callable[
        [Path | None, str, UUID | None, Path],
        Coroutine[Any, Any, tuple[Decision, Sequence[Difference]]],
    ]
    all: ReplaysAll
    run: ReplaysRun


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    decision_id: str | None
    consumer: str | None
    run: Path | None
    is_all: bool
    sample: int | None
    seed: int
    state: Path | None
    against: Path | None
    bundle: Path | None


def add_replay(app: App, ports: ReplayPorts) -> None:
    """Add the command to the app."""

    @app.command(name="replay")
    def command(
        decision_id: str | None = None,
        *,
        consumer: str | None = None,
        all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
        run: Path | None = None,
        sample: Annotated[int | None, Parameter(allow_leading_hyphen=True)] = None,
        seed: int = 0,
        state: Path | None = None,
        against: Path | None = None,
        bundle: Path | None = None,
        data: Path | None = None,
        json: _Flag = False,
    ) -> int:
        """Decide again from what was recorded, and compare byte by byte.

        Facts, policy and catalogue are those of the decision's day; they are kept by digest, so
        that later policies change nothing. Ends with 0 if all bytes are the same, and with 1 if one
        is not: then it shows the first difference, and whose change it is.

        Parameters
        ----------
        decision_id
            The name of a decision, as answers and runs show it.
        consumer
            The consumer's id: found at once where otherwise all generations are looked through.
        all_
            Decide all decisions of the database again, of both tempos.
        run
            Decide the rows of a run's folder again, from nothing but the folder: what was --out of
            `wherewithal offline run`.
        sample
            With --all or --run: only so many decisions, drawn at random.
        seed
            Which sample is drawn; the same seed draws the same.
        state
            With --all: a file by which the same command goes on after it was stopped.
        against
            The folder of another policy: show what it says of the recorded facts instead.
        bundle
            With --run: the folder of the policy that decided, where the run did not keep it.
        data
            Where the embedded database is, if DATABASE_URL names no other.
        json
            Print JSON instead of text.
        """
        asked = _Asked(
            decision_id=decision_id,
            consumer=consumer,
            run=run,
            is_all=all_,
            sample=sample,
            seed=seed,
            state=state,
            against=against,
            bundle=bundle,
        )
        consumer_id = _check(asked)
        if asked.decision_id is None:
            return _walk(ports, asked, data=data, with_json=json)
        if against is not None:
            coroutine = ports.against(data, asked.decision_id, consumer_id, against)
            return _show_against(*asyncio.run(coroutine), with_json=json)
        found = asyncio.run(ports.one(data, asked.decision_id, consumer_id))
        return _show_one(found, with_json=json)


def _check(asked: _Asked) -> UUID | None:
    """Return the consumer. Errors: InputRefused with every argument that is wrong."""
    problems = []
    named = [asked.decision_id is not None, asked.is_all, asked.run is not None]
    if sum(named) != 1:
        message = "expected one of: the name of a decision, --all, or --run with a run's folder"
        problems.append(Problem(code="what_to_replay", path="DECISION_ID", message=message))
    goes_with = (
        ("--consumer", asked.consumer, named[0], "a decision's name"),
        ("--against", asked.against, named[0], "a decision's name"),
        ("--state", asked.state, asked.is_all, "--all"),
        ("--bundle", asked.bundle, asked.run is not None, "--run"),
        ("--sample", asked.sample, asked.is_all or asked.run is not None, "--all or --run"),
    )
    for flag, value, is_fit, what in goes_with:
        if value is not None and not is_fit:
            message = f"goes with {what} only"
            problems.append(Problem(code="not_used_here", path=flag, message=message))
    if asked.sample is not None and asked.sample < 1:
        message = "expected 1 or more"
        problems.append(Problem(code="out_of_range", path="--sample", message=message))
    consumer_id = None
    try:
        consumer_id = None if asked.consumer is None else UUID(asked.consumer)
    except ValueError:
        message = "expected a consumer's id such as 0b0d4b7e-8a0e-4d3c-9a55-0a3c1f0c7d11"
        problems.append(Problem(code="not_an_id", path="--consumer", message=message))
    if problems:
        raise InputRefused(problems)
    return consumer_id


def _walk(ports: ReplayPorts, asked: _Asked, *, data: Path | None, with_json: bool) -> int:
    begun = perf_counter()
    with _progress() as on_progress:
        if asked.run is not None:
            walk = ports.run(
                asked.run,
                bundle=asked.bundle,
                sample=asked.sample,
                seed=asked.seed,
                on_progress=on_progress,
            )
        else:
            walk = asyncio.run(
                ports.all(
                    data,
                    sample=asked.sample,
                    seed=asked.seed,
                    state=asked.state,
                    on_progress=on_progress,
                )
            )
    seconds = perf_counter() - begun
    if with_json:
        print_json(
            {
                "schema": SCHEMA,
                "replayed": walk.done,
                "same": walk.done - walk.differing,
                "differing": walk.differing,
                "by_cause": walk.by_cause,
                "by_tempo": walk.by_tempo,
                "sample": walk.sample,
                "seed": walk.seed,
                "examples": [_data(one) for one in walk.examples],
                "seconds": round(seconds, 3),
            }
        )
    else:
        _print_walk(walk, seconds=seconds)
    return EXIT_DIFFERS if walk.differing else 0


def _print_walk(walk: Walk, *, seconds: float) -> None:
    tempos = ", ".join(f"{count:,} {tempo}" for tempo, count in walk.by_tempo.items())
    same = walk.done - walk.differing
    lines = [f"{same:,} of {walk.done:,} decisions are the same, byte for byte ({tempos})."]
    lines += [f"  {count:,} differ: {cause}" for cause, count in walk.by_cause.items()]
    for one in walk.examples[:_SHOWN]:
        lines += ["", *_lines(one)]
    _print([*lines, f"Replayed in {seconds:.1f} seconds."])


def _show_one(found: Sequence[ReplayedDecision], *, with_json: bool) -> int:
    differing = [one for one in found if not one.replayed.is_same]
    if with_json:
        print_json(
            {
                "schema": SCHEMA,
                "replayed": len(found),
                "same": len(found) - len(differing),
                "differing": len(differing),
                **_data(found[0]),
            }
        )
    else:
        more = len(found) - 1
        tail = [f"{more:,} more with this name: equal facts have one name."] if more else []
        _print([*_lines(found[0]), *tail])
    return EXIT_DIFFERS if differing else 0


def _show_against(decision: Decision, told: Sequence[Difference], *, with_json: bool) -> int:
    if with_json:
        print_json(
            {
                "schema": SCHEMA,
                "bundle_digest": decision.bundle_digest,
                "outcome": decision.outcome.value,
                "reasons": decision.reasons,
                "row": decision.values,
                "says_otherwise": [msgspec.to_builtins(one) for one in told],
            }
        )
        return 0
    _print(
        [
            f"Bundle {decision.bundle_digest[:12]} on the same facts: {decision.outcome.value}.",
            *(_change(one, "was", "would be") for one in told),
            *([] if told else ["It says the same in every field."]),
        ]
    )
    return 0


def _lines(one: ReplayedDecision) -> list[str]:
    """Return what came of one decision, in words."""
    replayed = one.replayed
    which = f"number {one.number}" if one.tempo == "now" else f"offline, {one.number}"
    head = f"Decision {replayed.decision_id} ({which}, of {one.consumer_id})"
    digests = (
        f"  bundle {replayed.bundle_digest[:12]}, sha256 {replayed.sha256_recorded[:12]},"
        f" build {replayed.build_recorded or 'unknown'}"
    )
    if replayed.is_same:
        return [f"{head}: the same, byte for byte.", digests]
    lines = [f"{head} cannot be reproduced.", digests]
    for place, difference in enumerate(replayed.differences[:_SHOWN]):
        word = "first difference" if place == 0 else "then"
        lines.append(f"  {word}: {_change(difference, 'recorded', 'decided again')}")
    left = len(replayed.differences) - _SHOWN
    lines += [f"  and {left} more"] if left > 0 else []
    return [*lines, f"  whose change: {replayed.cause}; {replayed.words}"]


def _change(one: Difference, before: str, after: str) -> str:
    return f"{one.field}: {before} {_shown(one.recorded)}, {after} {_shown(one.again)}"


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    return ", ".join(map(str, value)) or "none" if isinstance(value, list | tuple) else str(value)


def _data(one: ReplayedDecision) -> dict[str, Any]:
    replayed: Replayed = one.replayed
    return {
        "consumer_id": one.consumer_id,
        "tempo": one.tempo,
        "number": one.number,
        **msgspec.to_builtins(replayed),
    }


def _print(lines: Sequence[str]) -> None:
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    for line in lines:
        console.print(line, markup=False)


@contextmanager
def _progress() -> Iterator[Progressed]:
    """Show a bar on standard error where that is a terminal; elsewhere say nothing."""
    console = Console(file=sys.stderr)
    columns = (TextColumn("replaying"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("replaying", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
