"""The demo over HTTP: people asked for, held against `decide`; and what failing looks like."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide import decide
from wherewithal.surfaces.cli import demo_http, demo_print
from wherewithal.surfaces.cli.demo_held import differing, fields_answered, fields_decided
from wherewithal.surfaces.cli.demo_http import Reply
from wherewithal.surfaces.cli.demo_ports import DemoService
from wherewithal.surfaces.cli.ports import FactsFile, Ports

PUBLISHED = "published"
#: Of the loan file, far from each other.
ROWS = tuple(f"row-{row}" for row in range(0, 20_000, 1_000))
#: A failure each, of another kind; the last is late and final when waited for.
FAILING = ("frozen", "no-hit", "slow")
_SHOWN = 8
_WAIT_S = 30
_PENDING = 202

Say = Callable[..., None]


@dataclass(slots=True, kw_only=True)
class Asked:
    """What came of asking."""

    #: By consumer, what they were answered.
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: How many fields were compared, and where they differ, by person.
    fields: int = 0
    differing: dict[str, list[str]] = field(default_factory=dict)

    @property
    def middle(self) -> dict[str, Any]:
        """Return the answer in the middle of those with power, by their power."""
        able = [one for one in self.answers.values() if one["power_total_cents"]]
        return sorted(able, key=lambda one: one["power_total_cents"] or 0)[len(able) // 2]


def ask_everyone(ports: Ports, bundle: PolicyBundle, service: DemoService, say: Say) -> Asked:
    """Ask for the published subject and for people of the loan file, and print what came of it."""
    asked = Asked()
    table = Table("person", "outcome", "tier", "can spend", "ms", box=SIMPLE_HEAD)
    for column in table.columns[3:]:
        column.justify = "right"
    times = []
    for place, key in enumerate((PUBLISHED, *ROWS)):
        person = demo_http.person_of(service, key)
        reply = demo_http.ask(service, demo_http.request_of(person), key=f"demo-{key}")
        times.append(reply.milliseconds)
        recorded = _hold(ports, bundle, service, asked, key=key, person=person, reply=reply)
        if place < _SHOWN:
            table.add_row(*_row(person, key, reply, recorded))
    say(demo_print.indented(table))
    times.sort()
    people = len(times)
    say(
        demo_print.said(
            f"{_SHOWN} of {people} people shown. Half were answered within"
            f" {times[people // 2]:.0f} ms, all within {times[-1]:.0f} ms: request, consent, pull"
            " over a socket, decision and one transaction."
        )
    )
    say(_agreement_line(asked, people=people))
    return asked


def _hold(
    ports: Ports,
    bundle: PolicyBundle,
    service: DemoService,
    asked: Asked,
    *,
    key: str,
    person: Mapping[str, Any],
    reply: Reply,
) -> dict[str, Any]:
    """Compare an answer with the decision from the bureau's bytes; return it as recorded."""
    answer = reply.data
    asked.answers[answer["consumer_id"]] = answer
    path = f"/v1/consumers/{answer['consumer_id']}/decisions/{answer['decision_id']}"
    recorded: dict[str, Any] = demo_http.get(service, path).data
    with TemporaryDirectory(prefix="wherewithal-demo-") as folder:
        report, stated = Path(folder) / "report.xml", Path(folder) / "stated.json"
        report.write_bytes(demo_http.bureau_bytes(service, f"/document/{key}"))
        stated.write_text(json.dumps(person["stated"]), encoding="utf-8")
        facts = ports.read_facts(
            FactsFile(source="transunion", path=report, stated=stated, as_of=ports.now().date())
        )
    applicant = ports.applicant_of(facts, 0)
    mine = fields_decided(decide(applicant, bundle), applicant, bundle)
    theirs = fields_answered(answer, recorded)
    asked.fields += len(mine.keys() | theirs.keys())
    if wrong := differing(mine, theirs):
        asked.differing[key] = wrong
    return recorded


def _row(
    person: Mapping[str, Any], key: str, reply: Reply, recorded: Mapping[str, Any]
) -> tuple[str, str, str, str, str]:
    identity, answer = person["identity"], reply.data
    return (
        f"{identity['given_name']} {identity['family_name']} ({key})",
        str(answer["outcome"]),
        str(recorded["row"].get("tier") or "-"),
        demo_print.dollars(answer["power_total_cents"] or 0),
        f"{reply.milliseconds:.0f}",
    )


def _agreement_line(asked: Asked, *, people: int) -> RenderableType:
    agreeing = people - len(asked.differing)
    text = (
        f"over HTTP and by `decide`: {agreeing} of {people} people agree, field by field"
        f" ({asked.fields:,} fields)"
    )
    for key, names in asked.differing.items():
        text += f"; {key} differs in {', '.join(names)}"
    return demo_print.verdict(text, is_well=not asked.differing)


def show_failures(service: DemoService, say: Say) -> bool:
    """Ask for three people whose files fail, and print what they are told; False if one is not."""
    asked: list[tuple[str, Reply]] = []
    for key in FAILING:
        body = demo_http.request_of(demo_http.person_of(service, key))
        asked.append((key, demo_http.ask(service, body, key=f"demo-{key}")))
    is_well = True
    for key, reply in asked:
        is_well &= _show_failure(service, key, reply, say)
    return is_well


def _show_failure(service: DemoService, key: str, reply: Reply, say: Say) -> bool:
    """Print what one is told, first and in the end; False if it is not final then."""
    if reply.status != _PENDING:
        first = f"{key}: {reply.status}, {reply.data['outcome']} ({reply.milliseconds:,.0f} ms)"
        say(demo_print.points([first, *_told(reply.data)]))
        return True
    final = demo_http.get(service, reply.location or "/", wait_s=_WAIT_S)
    power = demo_print.dollars(final.data["power_total_cents"] or 0)
    first = f"{key}: {reply.status}, {reply.data['status']} ({reply.milliseconds:,.0f} ms)"
    last = (
        f"Asked there again with `Prefer: wait={_WAIT_S}`: {final.status},"
        f" {final.data['outcome']}, up to {power} ({final.milliseconds:,.0f} ms)"
    )
    say(demo_print.points([first, *_told(reply.data), last]))
    return bool(final.data["is_final"])


def _told(answer: Mapping[str, Any]) -> list[str]:
    """Return what the person reads, and what they can do."""
    words = [reason["wording"] for reason in answer["reasons"]] or [answer["wording"]]
    cures = [f"cure  {reason['cure']}" for reason in answer["reasons"] if reason["cure"]]
    return [*words, *cures]
