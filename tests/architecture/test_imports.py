"""Left never imports right, siblings never import each other, and the pure rooms are pure."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.import_rules import MAY_IMPORT, PURE, violations

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "wherewithal"
FILES = sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_every_file_keeps_the_rule():
    found = [
        f"{path.relative_to(PACKAGE)}:{violation.line}: {violation.message}"
        for path in FILES
        for violation in violations(
            path.read_text(encoding="utf-8"),
            module=module_of(path),
            is_package=path.name == "__init__.py",
        )
    ]
    assert found == []


def test_every_folder_is_a_room_that_the_rule_knows():
    folders = {path.relative_to(PACKAGE).parts[0] for path in FILES if path.parent != PACKAGE}
    assert folders <= set(MAY_IMPORT)
    assert folders >= PURE


def test_no_two_rooms_may_import_each_other():
    assert [(a, b) for a in MAY_IMPORT for b in MAY_IMPORT[a] if a in MAY_IMPORT[b]] == []


@pytest.mark.parametrize(
    ("module", "source", "message"),
    [
        ("vocabulary.money", "import wherewithal.lending", "vocabulary imports lending: imports go one way"),
        ("lending.apr", "from wherewithal.dmn.model import Literal", "lending imports dmn: imports go one way"),
        ("dmn.ir", "from wherewithal.vocabulary.errors import Problem", "dmn imports vocabulary: imports go one way"),
        ("qualify.power", "from wherewithal.service import ports", "qualify imports service: imports go one way"),
        ("sources.files", "from wherewithal.store import ledger", "sources imports store: imports go one way"),
        ("service.ask", "from wherewithal import surfaces", "service imports surfaces: imports go one way"),
        ("surfaces.cli.decide", "import wherewithal.wiring.command as c", "surfaces imports wiring: imports go one way"),
        ("lending.apr", "def f():\n    from wherewithal.qualify import x", "lending imports qualify: imports go one way"),
        ("lending.apr", "if TYPE_CHECKING:\n    from wherewithal.qualify import x", "lending imports qualify: imports go one way"),
        ("lending.apr", "from ..qualify import power", "lending imports qualify: imports go one way"),
        ("lending.apr", "from .. import qualify", "lending imports qualify: imports go one way"),
        ("service.ask", "importlib.import_module('wherewithal.store.ledger')", "service imports store: imports go one way"),
        ("dmn.feel.parser", "import os.path", "the pure room dmn imports os"),
        ("lending.apr", "def f():\n    from random import Random", "the pure room lending imports random"),
        ("qualify.replay", "import httpx", "the pure room qualify imports httpx"),
        ("lending.apr", "today = datetime.date.today()", "datetime.date.today: time and randomness are parameters; only wiring reads them"),
        ("service.ask", "now = datetime.now(UTC)", "datetime.now: time and randomness are parameters; only wiring reads them"),
        ("store.ledger", "key = field(default_factory=uuid4)", "uuid4: time and randomness are parameters; only wiring reads them"),
        ("sources.files", "started = time.time()", "time.time: time and randomness are parameters; only wiring reads them"),
        ("runners.local", "pick = random.choice(rows)", "random.choice: time and randomness are parameters; only wiring reads them"),
        ("store.ledger", "from datetime import datetime as d\nnow = d.now()", "datetime.datetime.now: time and randomness are parameters; only wiring reads them"),
        ("store.ledger", "from time import time as t\nnow = t()", "time.time: time and randomness are parameters; only wiring reads them"),
        ("runners.local", "noise = np.random.default_rng()", "np.random.default_rng: pass a seeded generator instead"),
        ("qualify.facts", "frame = pl.read_csv(name)", "the pure room qualify calls read_csv"),
        ("qualify.facts", "frame.lazy().sink_parquet(name)", "the pure room qualify calls sink_parquet"),
        ("qualify.explain", "text = open('reasons.toml').read()", "the pure room qualify calls open"),
    ],
)  # fmt: skip
def test_the_rule_can_fail(module, source, message):
    assert message in [
        found.message for found in violations(source, module=f"wherewithal.{module}")
    ]


def test_a_relative_import_in_a_package_counts_from_the_package():
    found = violations("from .. import store", module="wherewithal.service", is_package=True)
    assert [violation.message for violation in found] == [
        "service imports store: imports go one way"
    ]
    found = violations("from . import store", module="wherewithal", is_package=True)
    assert [violation.message for violation in found] == [
        "the package itself imports store: imports go one way"
    ]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("qualify.power", "from wherewithal.lending import level_payment_cents"),
        ("wiring.command", "from wherewithal.store import ledger\nnow = datetime.now(UTC)"),
        ("surfaces.cli.decide", "from wherewithal.service.decide import decide"),
        ("dmn.feel.parser", "from . import lexer\nfrom ..model import Literal"),
        ("lending.apr", "from datetime import date\nstart = date(2026, 1, 31)"),
    ],
)
def test_what_is_allowed_passes(module, source):
    assert violations(source, module=f"wherewithal.{module}") == []
