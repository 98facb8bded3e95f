"""The bundle that ships with one mistake each, and all that its author reads; nothing else is said."""

from __future__ import annotations

import shutil

import pytest

from wherewithal.sources.bundle import load_bundle
from wherewithal.vocabulary.errors import BundleRefused

KNOCKOUTS, TIERS, LIMITS, CAPACITY = "knockouts.dmn", "tiers.dmn", "limits.dmn", "capacity.dmn"
PRICE, OUTCOME, ATTRIBUTES = "price.dmn", "outcome.dmn", "attributes.toml"
SLASH = "'/' has no exact scale: put it directly inside floor, ceiling, a rounding function or decimal(..., n)"
FORBIDDEN = "may be used for {} only; a policy table cannot read it (12 CFR 1002.6(b)); take it out of the table [forbidden_use]"


@pytest.fixture
def refused(repository, tmp_path):
    """Return what is read after some texts of the shipped bundle were changed."""
    folder = tmp_path / "bundle"
    shutil.copytree(repository / "policies" / "everyday", folder)

    def load(*edits, delete=(), write=()):
        for name, before, after in edits:
            text = (folder / name).read_text("utf-8")
            assert before in text, f"{name} no longer holds {before}"
            (folder / name).write_text(text.replace(before, after, 1), "utf-8")
        for name in delete:
            (folder / name).unlink()
        for name, data in write:
            (folder / name).write_bytes(data)
        with pytest.raises(BundleRefused) as caught:
            load_bundle(folder)
        return [str(problem) for problem in caught.value.problems]

    return load


# The mistake; where it is made; what stood there and what is put there; what the author reads.
ONE_EDIT = [
    pytest.param(
        "changes.toml", 'facts = ["bureau_score"]', "facts = []",
        "changes.toml: 'bureau_score' may change and stands in no [[change]] [unworded]",
        id="a fact that could change without words",
    ),
    pytest.param(
        "raises.toml", 'fact = "open_trades"', 'fact = "stated_income_cents"',
        "raises.toml move 2 effects[3] fact: 'stated_income_cents' is nothing that a person is told to change [not_actionable]",
        id="a raise that would have income stated anew",
    ),
    pytest.param(
        KNOCKOUTS, "<text>inquiries_6m</text>", "<text>inquiry_6m</text>",
        "knockouts.dmn: line 107, decision 'Knock-outs', input 'inquiries_6m': nothing here is named 'inquiry_6m'; did you mean 'inquiries_6m'? [unknown_name]",
        id="a name that nothing defines",
    ),
    pytest.param(
        CAPACITY, "min(Residual income", "min(Residuel income",
        "capacity.dmn: line 76, decision 'Capacity': nothing here is named 'Residuel income'; did you mean 'Residual income'? [unknown_name]",
        id="a decision's name with a slip",
    ),
    pytest.param(
        ATTRIBUTES, 'feel = "total_trades"', 'feel = "totl_trades"',
        "attributes.toml attribute 10 'total_trades': unknown name 'totl_trades'; did you mean 'total_trades'? [bad_expression]",
        id="a fact's name with a slip",
    ),
    pytest.param(
        KNOCKOUTS, "<text>&gt;= 50000</text>", '<text>"much"</text>',
        "knockouts.dmn: decision 'Knock-outs', rule 4, input 'past_due_cents': a number is compared with a string [outside_profile]",
        id="a rule of the wrong type",
    ),
    pytest.param(
        LIMITS, "min(Limit total, Limit row.card_cents)", '"much"',
        "limits.dmn: decision 'Limit card', result: it is declared a number and is a string [outside_profile]",
        id="a result of the wrong type",
    ),
    pytest.param(
        LIMITS, "min(Limit total, Limit row.card_cents)", "Limit total * 0.5",
        "limits.dmn: decision 'Limit card': must yield whole numbers (cents, points, ranks); round it, such as by floor(...) [not_whole]",
        id="half a cent",
    ),
    pytest.param(
        LIMITS, 'id="d_Limit_card" name="Limit card"', 'id="d_Limit_card" name="Limit cards"',
        "bundle: no model decides 'Limit card', which every bundle must; did you mean 'Limit cards'? [missing_decision]",
        id="a decision that is missing",
    ),
    pytest.param(
        KNOCKOUTS, "<inputEntry><text>-</text></inputEntry>", "",
        "knockouts.dmn: line 124, decision 'Knock-outs', rule 1: the rule has 15 input cells, the table has 16 input columns [wrong_cell_count]",
        id="a rule with a cell too few",
    ),
    pytest.param(
        KNOCKOUTS, 'hitPolicy="COLLECT"', 'hitPolicy="COLLEKT"',
        "knockouts.dmn: line 72, decision 'Knock-outs': unknown hit policy 'COLLEKT'; did you mean 'COLLECT'?; known: UNIQUE, ANY, PRIORITY, FIRST, COLLECT, RULE ORDER, OUTPUT ORDER [unknown_hit_policy]",
        id="a hit policy with a slip",
    ),
    pytest.param(
        CAPACITY, "100 * floor(max(0,", "100 * (max(0,",
        f"capacity.dmn: decision 'Capacity': {SLASH} [outside_profile]",
        id="a division that nothing rounds",
    ),
    pytest.param(
        ATTRIBUTES, 'feel = "total_trades"', 'feel = "total_trades / 2"',
        f"attributes.toml attribute 10 'total_trades': {SLASH} [bad_expression]",
        id="a division that nothing rounds, in an attribute",
    ),
    pytest.param(
        ATTRIBUTES, 'feel = "total_trades"', 'feel = "total_trades * stated_income_cents * stated_income_cents * stated_income_cents"',
        "attributes.toml attribute 10 'total_trades': multiply may reach 34 digits, and 33 are exact [bad_expression]",
        id="a number that may overflow",
    ),
    pytest.param(
        ATTRIBUTES, 'feel = "total_trades"', 'feel = "total_trades + "',
        "attributes.toml attribute 10 'total_trades': expected an expression, found the end, at character 16 [bad_expression]",
        id="an attribute that ends too early",
    ),
    pytest.param(
        ATTRIBUTES, 'feel = "total_trades"', "feel = 3",
        "attributes.toml attribute 10 feel: expected a text [missing_field]",
        id="an attribute that is no text",
    ),
    pytest.param(
        ATTRIBUTES, '[[attribute]]\nname = "annual', '[[attribute]]\nname = "x"\nmeaning = "x"\nfeel = "1"\n[[attribute]]\nname = "x"\nmeaning = "x"\nfeel = "1"\n[[attribute]]\nname = "annual',
        "attributes.toml attribute 2 name: this name stands above already [duplicate_name]",
        id="an attribute twice",
    ),
    pytest.param(
        ATTRIBUTES, 'feel = "total_trades"', 'feel = "total_trades',
        "attributes.toml: cannot be read as TOML: Illegal character '\\n' (at line 67, column 21) [not_toml]",
        id="a quotation mark left out",
    ),
    pytest.param(
        ATTRIBUTES, "[[attribute]]", "[attributes]\nx = 1\n[[attribute]]",
        "attributes.toml attributes: only [[attribute]] tables are expected [unknown_key]",
        id="a table that nobody reads",
    ),
    pytest.param(
        KNOCKOUTS, "<text>inquiries_6m</text>", "<text>state</text>",
        "knockouts.dmn: line 107, decision 'Knock-outs', input 'inquiries_6m': 'state' " + FORBIDDEN.format("jurisdiction"),
        id="where a person lives, in a table",
    ),
    pytest.param(
        PRICE, "<text>Pricing tier</text>", "<text>age_years</text>",
        "price.dmn: line 18, decision 'Price', input 'Pricing tier': 'age_years' " + FORBIDDEN.format("legal_capacity"),
        id="how old a person is, in a price",
    ),
    pytest.param(
        KNOCKOUTS, "<text>R22b</text>", "<text>R22z</text>",
        "knockouts.dmn: decision 'Knock-outs', rule 13: reason 'R22z' has no wording in reasons.toml; did you mean 'R22b'? [unknown_reason]",
        id="a reason without wording",
    ),
    pytest.param(
        "reasons.toml", 'code = "P_TIER"', 'code = "P_TIERS"',
        "reasons.toml: needs a reason P_TIER: the core gives it [missing_reason]",
        id="a reason of the core without wording",
    ),
    pytest.param(
        OUTCOME, '<text>"declined"</text>', '<text>"refused"</text>',
        "outcome.dmn: decision 'Outcome': 'refused' is no outcome of a policy; did you mean 'refused_identity'?; known: approved, declined, incomplete, step_up, refused_identity [unknown_outcome]",
        id="an outcome that there is not",
    ),
    pytest.param(
        TIERS, "<text>[602..612)</text>", "<text>[604..612)</text>",
        "tiers.dmn: decision 'Points rank': no rule matches where Points in [602..604); for example Points = 602 -> null; add a rule: this decision may not be null [gap]",
        id="points without a tier",
    ),
    pytest.param(
        TIERS, "<text>[602..612)</text>", "<text>[602..613)</text>",
        "tiers.dmn: decision 'Points rank', rules 1 and 2: overlap (hit policy UNIQUE) and disagree; for example Points = 612 -> 0 by rule 1, 1 by rule 2; narrow one of them, or choose FIRST if the order is meant [conflict]",
        id="points with two tiers",
    ),
    pytest.param(
        PRICE, '<text>"A+", "A", "B", "C", "D", "E"</text>', '<text>"A+", "A", "B", "C", "D", "Z"</text>',
        "price.dmn: decision 'Price', rule 1, input 'Pricing tier': \"Z\" is no value of this input; it may be \"A\", \"A+\", \"B\", \"C\", \"D\", \"E\", \"X\" [unknown_value]",
        id="a price for a tier that there is not",
    ),
    pytest.param(
        PRICE, "<text>[18..24]</text>", "<text>(23..24)</text>",
        "price.dmn: decision 'Price', rule 3, input 'term_months': '(23..24)' holds nothing: no value lies between its ends (the input is a whole number); mend its ends [empty_test]",
        id="a range that holds no whole number",
    ),
    pytest.param(
        KNOCKOUTS, "<outputEntry><text>5</text></outputEntry>", "<outputEntry><text>4 + 1</text></outputEntry>",
        "knockouts.dmn: decision 'Knock-outs', rule 1: the result must be a whole number as it stands; reasons are read from the table [not_a_literal]",
        id="a rank that is worked out",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "before", "after", "read"), ONE_EDIT)
def test_a_mistake_is_said_once_with_its_place_and_its_remedy(refused, name, before, after, read):
    assert refused((name, before, after)) == [read]


def test_a_rank_beyond_the_last(refused):
    edit = (
        KNOCKOUTS,
        "<outputEntry><text>5</text></outputEntry>",
        "<outputEntry><text>7</text></outputEntry>",
    )
    assert refused(edit) == [
        "knockouts.dmn: decision 'Knock-outs': ranks are 0 to 5, the last declines; found 2..7 [out_of_range]",
        "tiers.dmn: decision 'Tier rank': ranks are 0 to 5, the last declines; found 0..7 [out_of_range]",
        "tiers.dmn: decision 'Tier': no rule matches where Tier rank > 5; for example Tier rank = 6 -> null; add a rule: this decision may not be null [gap]",
    ]


def test_an_attribute_that_reads_what_law_forbids_taints_every_table_that_reads_it(refused):
    edit = (
        ATTRIBUTES,
        'feel = "total_trades"',
        'feel = "if age_years > 65 then 1 else total_trades"',
    )
    forbidden = "'total_trades' " + FORBIDDEN.format("legal_capacity")
    assert refused(edit) == [
        f"knockouts.dmn: decision 'Knock-outs': {forbidden}",
        f"scorecard.dmn: decision 'Points': {forbidden}",
    ]


def test_a_taint_goes_from_attribute_to_attribute(refused):
    edits = [
        (
            ATTRIBUTES,
            'feel = "inquiries_6m"',
            'feel = "if state = \\"NV\\" then 9 else inquiries_6m"',
        ),
        (ATTRIBUTES, 'feel = "total_trades"', 'feel = "total_trades + inquiries_6m"'),
    ]
    found = refused(*edits)
    places = ("knockouts.dmn: decision 'Knock-outs'", "scorecard.dmn: decision 'Points'")
    assert sorted(found) == sorted(
        f"{place}: '{name}' " + FORBIDDEN.format("jurisdiction")
        for place in places
        for name in ("inquiries_6m", "total_trades")
    )


def test_an_input_that_law_forbids(refused):
    edits = [
        (
            KNOCKOUTS,
            'id="i_public_records" name="public_records"',
            'id="i_public_records" name="state"',
        ),
        (KNOCKOUTS, '<variable name="public_records"', '<variable name="state"'),
        (KNOCKOUTS, "<text>public_records</text>", "<text>state</text>"),
    ]
    found = "knockouts.dmn: decision 'Knock-outs': 'state' " + FORBIDDEN.format("jurisdiction")
    assert refused(*edits) == [found]


def test_a_cycle_within_a_file(refused):
    edits = [
        (TIERS, '<requiredInput href="#i_Points"/>', '<requiredDecision href="#d_Tier"/>'),
        (TIERS, '<inputExpression typeRef="number"><text>Points</text>', '<inputExpression typeRef="number"><text>Tier</text>'),
    ]  # fmt: skip
    assert refused(*edits) == [
        "tiers.dmn: decision 'Points rank': the decision needs itself: 'Points rank' -> 'Tier' -> 'Tier rank' -> 'Points rank'; remove one of these requirements [cycle]"
    ]


def test_a_cycle_through_two_files(refused):
    drawn = '<inputData id="i_Capacity" name="Capacity"><variable name="Capacity" typeRef="number"/></inputData>'
    edits = [
        (LIMITS, "<text>Tier</text>", "<text>Capacity</text>"),
        (LIMITS, 'href="#i_Tier"', 'href="#i_Capacity"'),
        (LIMITS, '<inputData id="i_Tier"', f'{drawn}<inputData id="i_Tier"'),
        (CAPACITY, 'name="housing_cents"', 'name="Limit total"'),
        (CAPACITY, '<variable name="housing_cents"', '<variable name="Limit total"'),
        (CAPACITY, "- housing_cents", "- Limit total"),
    ]
    assert refused(*edits) == [
        "capacity.dmn: decision 'Residual income': needs itself: Residual income -> Limit total -> Limit row -> Capacity -> Residual income [cycle]"
    ]


def test_attributes_that_fail_are_not_told_again_by_those_that_read_them(refused):
    edit = (ATTRIBUTES, '"floor(min(stated_income_cents', '"floor(mim(stated_income_cents')
    (found,) = refused(edit)
    assert found.startswith("attributes.toml attribute 2 'monthly_income_cents': ")


@pytest.mark.parametrize(
    ("data", "read"),
    [
        (b"hello", "the file is not well-formed XML: line 1: Start tag expected, '<' not found [malformed_xml]"),
        (b"<definitions><decision>", "the file is not well-formed XML: line 1: Premature end of data in tag decision line 1 [malformed_xml]"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><definitions/>', "the file declares a document type; remove the <!DOCTYPE ...> declaration [doctype_refused]"),
    ],
)  # fmt: skip
def test_a_model_that_is_none(refused, data, read):
    # What the other files miss without it is not told besides.
    assert refused(write=[(KNOCKOUTS, data)]) == [f"knockouts.dmn: {read}"]


def test_files_that_are_missing(refused):
    assert refused(delete=["law.toml", ATTRIBUTES, "reasons.toml"]) == [
        "attributes.toml: the bundle has no such file [missing_file]",
        "law.toml: the bundle has no such file [missing_file]",
        "reasons.toml: the bundle has no such file [missing_file]",
    ]


def test_a_model_that_is_missing(refused):
    missing = "which every bundle must"
    assert refused(delete=[TIERS]) == [
        f"bundle: no model decides 'Points rank', {missing}; did you mean 'Points'? [missing_decision]",
        f"bundle: no model decides 'Tier rank', {missing} [missing_decision]",
        f"bundle: no model decides 'Tier', {missing} [missing_decision]",
        f"bundle: no model decides 'Pricing tier', {missing} [missing_decision]",
    ]


def test_no_model_at_all(refused, repository):
    models = [path.name for path in (repository / "policies" / "everyday").glob("*.dmn")]
    assert refused(delete=models) == ["*.dmn: the bundle has no DMN model (*.dmn) [missing_file]"]


def test_attributes_that_are_no_tables(refused):
    expected = "expected a table [[attribute]] [wrong_type]"
    assert refused(write=[(ATTRIBUTES, b'attribute = ["x", 3]')]) == [
        f"attributes.toml attribute 1: {expected}",
        f"attributes.toml attribute 2: {expected}",
    ]


def test_attributes_in_another_encoding(refused):
    assert refused(write=[(ATTRIBUTES, b"\xff\xfe\x00")]) == [
        "attributes.toml: not UTF-8; save the file again as UTF-8 [not_toml]"
    ]


def test_all_mistakes_of_all_files_are_told_at_once(refused):
    edits = [
        ("products.toml", "ttl_days         = 30", "ttl_days = true"),
        (ATTRIBUTES, 'feel = "total_trades"', 'feel = "totl_trades"'),
        (KNOCKOUTS, "<text>R22b</text>", "<text>R22z</text>"),
        (CAPACITY, "min(Residual income", "min(Residuel income"),
    ]
    assert refused(*edits) == [
        "products.toml:35 ttl_days: expected days, a whole number from 1 to 90; got True [wrong_type]",
        "attributes.toml attribute 10 'total_trades': unknown name 'totl_trades'; did you mean 'total_trades'? [bad_expression]",
        "knockouts.dmn: decision 'Knock-outs', rule 13: reason 'R22z' has no wording in reasons.toml; did you mean 'R22b'? [unknown_reason]",
        "capacity.dmn: line 76, decision 'Capacity': nothing here is named 'Residuel income'; did you mean 'Residual income'? [unknown_name]",
    ]


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(BundleRefused, match="there is no such folder; a bundle is a folder"):
        load_bundle(tmp_path / "nowhere")
