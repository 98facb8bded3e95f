"""The identity and fraud gate by rules in a TOML file (`GatesIdentity`): plain, fast, explainable.

A lender's own vendor is another adapter of the same port. Rules ask only what is at hand: the
number itself, and how often the person was asked about.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

import msgspec

from wherewithal.service.ports import GateAnswer, GateQuestion, GateVerdict
from wherewithal.vocabulary.errors import Problem, SourceRefused

_FILE_BYTES_MAX: Final = 1_000_000


class _Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: str
    verdict: GateVerdict
    ssn_areas: tuple[str, ...] = ()
    is_off_for_samples: bool = False
    inquiries_24h_max: int | None = None
    pulls_30d_max: int | None = None


class _Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rule: tuple[_Rule, ...]


class IdentityRules:
    """Answers from rules alone; it is never unavailable."""

    def __init__(self, rules: tuple[_Rule, ...], *, with_samples: bool) -> None:
        """Keep the rules; `with_samples` leaves out those that sample people would break."""
        self._rules = tuple(
            rule for rule in rules if not (with_samples and rule.is_off_for_samples)
        )

    async def check(self, question: GateQuestion) -> GateAnswer:
        """Return the strongest verdict of the rules that match, and all their codes."""
        matched = [rule for rule in self._rules if _matches(rule, question)]
        verdicts = {rule.verdict for rule in matched}
        for verdict in (GateVerdict.REFUSE, GateVerdict.STEP_UP):
            if verdict in verdicts:
                return GateAnswer(verdict=verdict, codes=tuple(rule.code for rule in matched))
        return GateAnswer(verdict=GateVerdict.CLEAR)


def load_identity_rules(path: Path, *, with_samples: bool) -> IdentityRules:
    """Return the gate that a file describes.

    Errors: SourceRefused if the file is not there, is no TOML, or says what no rule can mean.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_FILE_BYTES_MAX + 1).decode()
        rules = msgspec.convert(tomllib.loads(text), _Rules, strict=True).rule
    except OSError:
        raise _refused(path, "no such file, or it may not be read") from None
    except (ValueError, msgspec.ValidationError) as error:
        raise _refused(path, str(error)) from None
    problems = [problem for place, rule in enumerate(rules) for problem in _problems(rule, place)]
    if problems:
        raise SourceRefused(problems)
    return IdentityRules(rules, with_samples=with_samples)


def _matches(rule: _Rule, question: GateQuestion) -> bool:
    area = question.identity.ssn[:3]
    if any(_is_within(area, areas) for areas in rule.ssn_areas):
        return True
    many = rule.inquiries_24h_max is not None and question.inquiries_24h >= rule.inquiries_24h_max
    pulls = rule.pulls_30d_max is not None and question.pulls_30d >= rule.pulls_30d_max
    return many or pulls


def _is_within(area: str, areas: str) -> bool:
    first, _, last = areas.partition("-")
    return first <= area <= (last or first)


def _problems(rule: _Rule, place: int) -> list[Problem]:
    found = []
    if rule.verdict not in (GateVerdict.REFUSE, GateVerdict.STEP_UP):
        found.append(("not_a_verdict", "verdict", "expected refuse or step_up"))
    parts = [area for areas in rule.ssn_areas for area in areas.split("-")]
    if not all(len(area) == 3 and area.isdigit() for area in parts):
        found.append(("not_an_area", "ssn_areas", "expected areas such as 666 or 900-999"))
    if not rule.ssn_areas and rule.inquiries_24h_max is None and rule.pulls_30d_max is None:
        message = "asks nothing; give ssn_areas, inquiries_24h_max or pulls_30d_max"
        found.append(("empty_rule", "code", message))
    return [
        Problem(code=code, path=f"$.rule[{place}].{name}", message=message)
        for code, name, message in found
    ]


def _refused(path: Path, message: str) -> SourceRefused:
    return SourceRefused([Problem(code="unreadable_rules", path=path.name, message=message)])
