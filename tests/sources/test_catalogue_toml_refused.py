"""Products, law and reasons that are refused: the files that ship, with one mistake each."""

import pytest

from wherewithal.sources.catalogue import load_catalogue, load_law, load_reasons
from wherewithal.vocabulary.errors import CatalogueRefused

LOADERS = {"products.toml": load_catalogue, "law.toml": load_law, "reasons.toml": load_reasons}


@pytest.fixture
def refused(repository, tmp_path):
    """Load a shipped file with its first `old` made `new`; return problems and lines."""

    def load(name, old, new):
        text = (repository / "policies/everyday" / name).read_text("utf-8")
        assert old in text
        data = text.replace(old, new, 1).encode()
        (tmp_path / name).write_bytes(data)
        with pytest.raises(CatalogueRefused) as caught:
            LOADERS[name](tmp_path / name)
        return caught.value.problems, data.decode().split("\n")

    return load


# What is edited and how; then the field, the code and a part of the message.
PRODUCTS = [
    ("ttl_days         = 30", "ttl_days = 1.0", "ttl_days", "wrong_type", "got 1.0"),
    ("ttl_days         = 30", "ttl_days = true", "ttl_days", "wrong_type", "got True"),
    ("ttl_days         = 30", "ttl_days = nan", "ttl_days", "wrong_type", "got nan"),
    ("ttl_days         = 30", "ttl_days = [30]", "ttl_days", "wrong_type", "got a list"),
    ("ttl_days         = 30", "ttl_days = 0", "ttl_days", "out_of_range", "from 1 to 90"),
    ("ttl_days         = 30", "ttl_days = 30\nname_ = 1", "name_", "unknown_field", "did you mean name?"),
    ("limit_step_cents = 5_000", "", "limit_step_cents", "missing_field", "expected cents"),
    ("limit_step_cents = 5_000", "limit_step_cents = -5", "limit_step_cents", "out_of_range", "-5"),
    ('code             = "pay_in_4"', 'code = "pay_in_5"', "code", "unknown_code", "pay_in_4?"),
    ('"Pay in 4"', '""', "name", "empty_text", "it is empty"),
    ('"Pay in 4"', '"' + "x" * 400 + '"', "name", "text_too_long", "it has 400"),
    ('"Pay in 4"', '"Pay\\u0000in 4"', "name", "control_character", "NUL"),
    ('"Pay in 4"', "4", "name", "wrong_type", "got 4"),
    ('default_plan     = "pay_in_4"', 'default_plan = "3m"', "default_plan", "plan_not_of_product", "3m is not among"),
    ("limit_nodes      = []", 'limit_nodes = ["crad"]', "limit_nodes", "unknown_code", "did you mean card?"),
    ("limit_nodes      = []", "limit_nodes = [1]", "limit_nodes", "wrong_type", "got 1"),
    ('"highest_sum_in_any_30_days"', '"highest"', "obligation_rule", "unknown_code", "highest_sum"),
    ('plans            = ["pay_in_4"]', "plans = []", "plans", "empty_list", "some of pay_in_4"),
    ('plans            = ["pay_in_4"]', 'plans = ["pay_in_4", "3m"]', "plan_minimums_cents", "missing_field", "of 3m"),
]  # fmt: skip


@pytest.mark.parametrize("case", PRODUCTS)
def test_product_is_refused(refused, case):
    old, new, field, code, part = case
    problems, lines = refused("products.toml", old, new)
    line = lines.index("[[product]]") + 1
    assert [(problem.path, problem.code) for problem in problems] == [
        (f"products.toml:{line} {field}", code)
    ]
    assert part in problems[0].message


def test_plan_of_a_table_that_the_product_lacks_is_refused(refused):
    problems, _ = refused("products.toml", "60m = 3\n", "60m = 3\n6m0 = 4\n")
    assert problems[0].path.endswith("ttl_days_by_plan.6m0")
    problems, _ = refused("products.toml", "pay_in_4 = 2_625", "pay_in_4 = 2_625\n3m = 1")
    assert "3m is not among plans: pay_in_4" in problems[0].message


def test_house_program_is_refused_at_its_own_header(refused):
    problems, lines = refused("products.toml", "note_rate_bps    = 0", "note_rate_bps = 100")
    line = lines.index("[product.house_program]") + 1
    assert [str(problem) for problem in problems] == [
        (
            f"products.toml:{line} house_program.note_rate_bps:"
            " pay_in_4 carries no interest: 0 [rate_not_of_product]"
        )
    ]


def test_house_program_offers_only_plans_of_its_product(refused):
    old = 'plans            = ["pay_in_4", "3m", "6m", "12m"]\ndown_payment_bps'
    new = 'plans = ["pay_in_4", "24m"]\ndown_payment_bps'
    problems, _ = refused("products.toml", old, new)
    assert [problem.message for problem in problems] == ["24m is not a plan of the product"]


def test_product_and_house_program_stand_once(refused):
    problems, _ = refused("products.toml", 'code             = "card"', 'code = "one_time_card"')
    assert [problem.code for problem in problems] == ["duplicate_id"]
    problems, _ = refused("products.toml", '"house-card"', '"house-monthly"')
    assert [problem.code for problem in problems] == ["duplicate_id"]


def test_house_program_must_be_there_and_be_a_table(refused):
    problems, _ = refused("products.toml", "[product.house_program]", "[product.house]")
    assert {(problem.code, problem.path.partition(" ")[2]) for problem in problems} >= {
        ("missing_field", "house_program"),
        ("unknown_field", "house"),
    }


def test_merchant_limits_are_checked(refused):
    problems, _ = refused("products.toml", '"4829"', '"48290"')
    assert "unknown '48290'" in problems[0].message
    problems, _ = refused("products.toml", "[merchant_limits]", "[merchant_limit]")
    assert [problem.code for problem in problems] == ["unknown_field", "table_missing"]
    problems, _ = refused("products.toml", "default_bps       = 10_000", "default_bps = 10_001")
    assert [problem.code for problem in problems] == ["out_of_range"]


LAW = [
    ("apr_cap_bps = 3_600", "apr_cap_bps = 3_601", "apr_cap_bps", "out_of_range", "to 3,600"),
    ("amount_min_cents = 1\namount_max_cents = 200_000\nterm_min_months = 1\nterm_max_months = 1\ndate_from = 2007-01-01\nis", "amount_min_cents = 200_001\namount_max_cents = 200_000\nterm_min_months = 1\nterm_max_months = 1\ndate_from = 2007-01-01\nis", "amount_min_cents", "range_reversed", "above"),
    ('"AL", "AK"', '"AL", "Ak"', "states", "unknown_code", "did you mean AK?"),
    ('"AL", "AK"', '"AL", "AL"', "states", "duplicate_code", "stands twice"),
    ("is_allowed = true", 'is_allowed = "yes"', "is_allowed", "wrong_type", "true or false"),
    ("is_allowed = true", "date_to = 2006-01-01\nis_allowed = true", "date_to", "range_reversed", "later"),
    ("is_allowed = true", "date_to = '2026-01-01'\nis_allowed = true", "date_to", "wrong_type", "a day"),
    ("is_allowed = true", "date_to = 2026-01-01T00:00:00\nis_allowed = true", "date_to", "wrong_type", "a date with a time"),
]  # fmt: skip


@pytest.mark.parametrize("case", LAW)
def test_law_row_is_refused(refused, case):
    old, new, field, code, part = case
    problems, lines = refused("law.toml", old, new)
    line = lines.index("[[row]]") + 1
    assert [(problem.path, problem.code) for problem in problems] == [
        (f"law.toml:{line} {field}", code)
    ]
    assert part in problems[0].message


def test_law_without_one_states_row_is_incomplete(refused):
    problems, _ = refused("law.toml", 'states = ["IA"]', 'states = ["IA", "ME"]')
    assert [problem.code for problem in problems] == ["law_overlap", "law_overlap"]
    problems, _ = refused("law.toml", '"WI",', "")
    assert [problem.message.partition(", from")[0] for problem in problems] == [
        "no row for cedar-bank, pay_in_4, 1 to 200,000 cents, 1 to 1 months"
    ]


def test_law_ids_and_ages_are_checked(refused):
    problems, _ = refused("law.toml", 'row_id = "cedar-card"', 'row_id = "nv-card"')
    assert [problem.code for problem in problems] == ["duplicate_id"]
    problems, _ = refused("law.toml", 'state = "*"', 'state = "AL"')
    assert sorted(problem.code for problem in problems) == ["duplicate_id", "law_incomplete"]
    problems, _ = refused("law.toml", "age_years = 18", "age_years = 181")
    assert [problem.code for problem in problems] == ["out_of_range"]


REASONS = [
    ('kind = "failure"', 'kind = "failures"', "kind", "unknown_code", "did you mean failure?"),
    ("Your credit file is frozen", "Your credit score is frozen", "wording", "score_is_no_reason", "what cost"),
    ("precedence = 100", "precedence = 0", "precedence", "out_of_range", "from 1"),
    ("precedence = 100", "precedence = 100\nregb_number = 25\nregb_text = 'x'", "regb_number", "out_of_range", "1 to 24"),
    ("precedence = 100", "precedence = 100\nregb_number = 21", "regb_text", "missing_field", "a text"),
    ("precedence = 100", "precedence = 100\nregb_number = 21\nregb_text = 'bankruptcy'", "regb_text", "not_verbatim", "Bankruptcy"),
]  # fmt: skip


@pytest.mark.parametrize("case", REASONS)
def test_reason_is_refused(refused, case):
    old, new, field, code, part = case
    problems, lines = refused("reasons.toml", old, new)
    line = lines.index("[[reason]]") + 1
    assert [(problem.path, problem.code) for problem in problems] == [
        (f"reasons.toml:{line} {field}", code)
    ]
    assert part in problems[0].message


def test_reasons_stand_once_and_every_failure_has_one(refused):
    problems, _ = refused("reasons.toml", 'code = "F_NO_HIT"', 'code = "F_FROZEN"')
    assert [problem.code for problem in problems] == ["missing_reason", "duplicate_id"]
    problems, _ = refused("reasons.toml", "precedence = 105", "precedence = 100")
    assert [problem.code for problem in problems] == ["duplicate_id"]


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize(
    ("data", "line", "part"),
    [
        (b"", "", "the file is empty"),
        (b"x = 1\n[[product]\n", ":2", "not valid TOML"),
        (b'x = 1\ny = "open', ":2", "the file may be truncated"),
        (b"x = 1\n\ny = 2010-02-30\n", ":3", "a day that exists"),
        (b"x = " + b"9" * 5_000, "", "not valid TOML"),
        (b"x = " + b"[" * 100_000, "", "nested too deeply"),
        (b"x = 1\ny = '\x00'\n", ":2", "not valid TOML"),
        (b"x = 1\ny = '\xe9'\n", ":2", "not UTF-8"),
        (b"\xff\xfex\x00", "", "UTF-16"),
    ],
)
def test_unusable_file_names_its_line(tmp_path, name, data, line, part):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(CatalogueRefused) as caught:
        LOADERS[name](tmp_path / name)
    (problem,) = caught.value.problems
    assert problem.path == f"{name}{line}"
    assert part in problem.message


def test_truncated_file_is_refused_wherever_it_is_cut(repository, tmp_path):
    data = (repository / "policies/everyday/products.toml").read_bytes()
    body = data.rstrip()
    for cut in range(1, len(body), 97):
        (tmp_path / "products.toml").write_bytes(body[:cut])
        with pytest.raises(CatalogueRefused):
            load_catalogue(tmp_path / "products.toml")


def test_header_inside_a_long_string_is_no_header(refused):
    new = 'name = """\n[[product]]\n"""\nttl = 1\n# '
    problems, lines = refused("products.toml", 'name             = "Monthly payments"', new)
    second = [number for number, line in enumerate(lines, start=1) if line == "[[product]]"][1]
    assert {problem.path.partition(" ")[0] for problem in problems} == {f"products.toml:{second}"}


def test_table_that_is_none_is_refused(tmp_path):
    (tmp_path / "reasons.toml").write_bytes(b"reason = [1, 2]\n")
    with pytest.raises(CatalogueRefused) as caught:
        load_reasons(tmp_path / "reasons.toml")
    assert {problem.code for problem in caught.value.problems} == {"wrong_type"}


def test_states_of_a_law_row_are_not_empty(refused):
    problems, _ = refused("law.toml", 'states = ["ME"]', "states = []")
    assert [problem.code for problem in problems] == ["empty_list"]
