"""`wherewithal dmn tck` on a folder of the TCK, and on one that has none."""


def test_a_folder_of_the_tck(command, tck_home, tmp_path):
    out = tmp_path / "results.csv"
    answer = command("dmn", "tck", tck_home / "compliance-level-2", "--out", out)
    rows = out.read_text().splitlines()
    assert (answer.code, answer.out.splitlines()[-1]) == (
        0,
        f"{len(rows)} passed, 0 failed, 0 skipped",
    )
    first = '"0001-input-data-string","0001-input-data-string-test-01","001","SUCCESS",""'
    assert rows[0] == first


def test_a_folder_without_cases_is_refused(command, tmp_path):
    answer = command("dmn", "tck", tmp_path, "--out", tmp_path / "results.csv")
    assert (answer.code, "holds no test cases" in answer.errors[0]) == (2, True)


def test_a_folder_that_is_not_there_is_said_to_be_missing(command, tmp_path):
    answer = command("dmn", "tck", tmp_path / "nope", "--out", tmp_path / "results.csv")
    assert (answer.code, "there is no such folder" in answer.errors[0]) == (2, True)
