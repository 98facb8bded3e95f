"""Law: `law.toml`, its rows, its ages of contract and the ground that the rows promise to cover."""

from pathlib import Path

from wherewithal.sources.catalogue_coverage import Coverage, gaps, overlaps
from wherewithal.sources.catalogue_fields import Fields
from wherewithal.sources.catalogue_programs import STATE_EXPECTED
from wherewithal.sources.catalogue_text import Row, note, note_duplicates, refuse_if_any
from wherewithal.sources.catalogue_toml import Toml, read_toml
from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.law import ANY_STATE, ContractAge, Law, LawRow
from wherewithal.vocabulary.program import RATE_MAX_BPS, ProductCode

_TERM_MONTHS_MAX = 120


def load_law(path: Path) -> Law:
    """Read the law rows, which must not overlap and must fill their `[[coverage]]` in every state.

    Errors: CatalogueRefused with every problem, by the line of the table's header and field.
    """
    problems: list[Problem] = []
    toml = read_toml(path, problems)
    rows: list[LawRow] = []
    ages: list[ContractAge] = []
    if toml is not None:
        known = ("row", "coverage", "contract_age")
        Fields(Row(toml.name, toml.values), problems).finish(ignore=known)
        coverages = _coverages(toml, problems)
        tables = toml.tables("row", problems)
        rows = [_law_row(Fields(table, problems)) for table in tables]
        keys = [(table.place, row.row_id) for table, row in zip(tables, rows, strict=True)]
        note_duplicates(keys, name="row_id", problems=problems)
        ages = _contract_ages(toml, problems)
        if not problems:  # a row that could not be read would show as a gap
            places = [table.place for table in tables]
            problems += overlaps(rows, places)
            problems += gaps(rows, coverages)
    refuse_if_any(problems)
    return Law(rows=tuple(rows), contract_ages=tuple(ages))


def _law_row(fields: Fields) -> LawRow:
    row_id = fields.identifier("row_id")
    originator = fields.identifier("originator")
    states = fields.codes("states", STATES, STATE_EXPECTED)
    if fields.is_sound_in("states") and not states:
        fields.refuse("states", "empty_list", f"expected {STATE_EXPECTED}")
    products = fields.words("products", ProductCode)
    amounts, terms = _amounts(fields), _terms(fields)
    date_from, date_to = fields.period()
    row = LawRow(
        row_id=row_id,
        originator=originator,
        states=states,
        products=products,
        amount_min_cents=amounts[0],
        amount_max_cents=amounts[1],
        term_min_months=terms[0],
        term_max_months=terms[1],
        date_from=date_from,
        date_to=date_to,
        is_allowed=fields.flag("is_allowed"),
        apr_cap_bps=fields.integer(
            "apr_cap_bps", minimum=0, maximum=RATE_MAX_BPS, unit="basis points"
        ),
        requires_full_ability_to_pay=fields.flag("requires_full_ability_to_pay"),
        citation=fields.text("citation", length_max=500),
        is_sample=fields.flag("is_sample"),
    )
    fields.finish()
    return row


def _amounts(fields: Fields) -> tuple[int, int]:
    amounts = (fields.cents("amount_min_cents"), fields.cents("amount_max_cents"))
    return fields.ascending("amount_min_cents", "amount_max_cents", amounts)


def _terms(fields: Fields) -> tuple[int, int]:
    def term(name: str) -> int:
        return fields.integer(name, minimum=1, maximum=_TERM_MONTHS_MAX, unit="months")

    terms = (term("term_min_months"), term("term_max_months"))
    return fields.ascending("term_min_months", "term_max_months", terms)


def _coverages(toml: Toml, problems: list[Problem]) -> list[Coverage]:
    coverages = []
    for table in toml.tables("coverage", problems):
        fields = Fields(table, problems)
        originator = fields.identifier("originator")
        products = fields.words("products", ProductCode)
        amounts, terms = _amounts(fields), _terms(fields)
        date_from = fields.day("date_from")
        fields.finish()
        coverages.append(
            Coverage(
                place=table.place,
                originator=originator,
                products=products,
                amounts_cents=amounts,
                terms_months=terms,
                date_from=date_from,
            )
        )
    return coverages


def _contract_ages(toml: Toml, problems: list[Problem]) -> list[ContractAge]:
    ages = []
    tables = toml.tables("contract_age", problems)
    for table in tables:
        fields = Fields(table, problems)
        state = fields.code("state", (*STATES, ANY_STATE), f"{STATE_EXPECTED}, or '{ANY_STATE}'")
        age_years = fields.integer("age_years", minimum=14, maximum=25, unit="years")
        citation = fields.text("citation", length_max=500)
        fields.finish()
        ages.append(ContractAge(state=state, age_years=age_years, citation=citation))
    keys = [(table.place, age.state) for table, age in zip(tables, ages, strict=True)]
    note_duplicates(keys, name="state", problems=problems)
    if tables and not any(age.state == ANY_STATE for age in ages):
        message = f"needs a [[contract_age]] with state = '{ANY_STATE}', for all other states"
        note(problems, code="law_incomplete", path=toml.name, message=message)
    return ages
