"""docs/personas.md is a test: each row, asked for over a socket, comes to what the page says."""

import pytest

from docs.tables.pages import filled
from docs.tables.personas import HEAD, LATE, UNAVAILABLE, decision_of, row_of, row_without_answer
from tests.sources.bureau_talk import ON, ROOT, simulator, talk
from wherewithal.service.bureau import BureauLate, BureauUnavailable
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.bureau_simulator import PERSONAS_BY_NAME
from wherewithal.sources.bureau_transunion import TransUnionReader

PAGE = (ROOT / "docs/personas.md").read_text("utf-8")
LINES = PAGE.split("<!-- generated: personas -->\n")[1].split("<!-- end of")[0].splitlines()
ROWS = [tuple(cell.strip() for cell in line.strip("| ").split(" | ")) for line in LINES]
READER = TransUnionReader(own_member_codes=frozenset())


@pytest.fixture(scope="module")
def bundle():
    return load_bundle(ROOT / "policies/everyday")


@pytest.fixture(scope="module")
def server():
    with simulator() as running:
        yield running


def test_the_page_has_every_persona_once():
    assert ROWS[0] == HEAD
    assert [row[0].strip("`") for row in ROWS[2:]] == list(PERSONAS_BY_NAME)
    assert filled(PAGE, {"personas": "\n".join(LINES)}) == PAGE


@pytest.mark.parametrize("row", ROWS[2:], ids=lambda row: row[0].strip("`"))
def test_a_persona_comes_to_what_its_row_says(row, server, bundle):
    persona = PERSONAS_BY_NAME[row[0].strip("`")]
    deadline_s = 0.3 if row[3] == LATE else 5.0

    async def ask(client):
        return await client.pull(persona.identity, inquiry_id="row", deadline_s=deadline_s)

    try:
        raw = talk(server.url, ask)
    except BureauLate:
        assert row == row_without_answer(persona, LATE)
    except BureauUnavailable:
        assert row == row_without_answer(persona, UNAVAILABLE)
    else:
        read = READER.read(raw, identity=persona.identity, stated=persona.stated, on=ON)
        assert row == row_of(persona, decision_of(read, bundle), bundle)
