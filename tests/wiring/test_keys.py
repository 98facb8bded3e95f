"""The master key: from the environment or from a file that is ours alone, and never shown."""

import base64
import os
import random
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wherewithal.wiring.keys import Keys, KeysRefused, keys_at_start, keys_of

MASTER = bytes(range(32))
TEXT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "key"


def start(environment=None, *, file=None, may_make=False, seed=1):
    return keys_at_start(
        environment or {}, file=file, may_make=may_make, random_bytes=random.Random(seed).randbytes
    )


def code_of(**arguments):
    with pytest.raises(KeysRefused) as caught:
        start(**arguments)
    (problem,) = caught.value.problems
    return problem.code


def test_keys_derive_as_they_did_when_identities_were_sealed():
    """By RFC 5869 computed by hand; another byte here, and no identity opens again.

    extract = HMAC(32 zero bytes, master); key = HMAC(extract, "wherewithal <purpose> v1" 0x01)
    """
    assert keys_of(MASTER) == Keys(
        key_id="374c7837",
        sealing=bytes.fromhex("f5985be34fb62980221bcda37f6cbcd0c0342d13aaecd054ea24c880cbee3f6f"),
        blind_index=bytes.fromhex(
            "5bf81b580423a0b7f452c3d7cd9d2f2dc6ff91c444e059291ceb8bb7a90c8cc7"
        ),
        tokens=bytes.fromhex("2fa8a7c445fd72e2ddf28b51f132418306fd75893d3d62b46925a76e170def1c"),
        idempotency=bytes.fromhex(
            "4d7b0dfd9e3249a260515b6fbfc85666f7a626a6ef53536a8eb95e4443217a69"
        ),
        signing=(
            bytes.fromhex("46ba3fb6c13bef48c982204653477d68360041f65da51f15dc586d37e41760c9"),
        ),
    )


def test_a_raised_version_signs_with_another_key_and_publishes_the_last_one():
    first, second, third = [
        start({"WHEREWITHAL_KEY": TEXT, "WHEREWITHAL_SIGNING_VERSION": version}).signing
        for version in "123"
    ]
    assert (len(first), second[1], third[1]) == (1, first[0], second[0])
    assert len({first[0], second[0], third[0]}) == 3


@pytest.mark.parametrize("version", ["0", "-1", "x", "", "10001", "\u0661"])
def test_a_version_that_is_none_is_refused(version):
    environment = {"WHEREWITHAL_KEY": TEXT, "WHEREWITHAL_SIGNING_VERSION": version}
    assert code_of(environment=environment) == "out_of_range"


@pytest.mark.parametrize("text", [TEXT, f"{TEXT}=", f" {TEXT}\n"])
def test_the_environment_comes_first(file, text):
    assert start({"WHEREWITHAL_KEY": text}, file=file, may_make=True) == keys_of(MASTER)
    assert not file.exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "key_length"),
        (TEXT[:-3], "key_length"),
        (TEXT + "AAAA", "key_length"),
        (base64.b64encode(b"\xff" * 32).decode(), "key_encoding"),  # has slashes
        (TEXT[:-1], "key_encoding"),
        (TEXT[:-1] + "9", "key_encoding"),  # bits beyond the last byte
        (TEXT[:20] + " " + TEXT[20:], "key_encoding"),
        (TEXT[:-1] + "é", "key_encoding"),
        (MASTER.hex(), "key_length"),
        ("A" * 43, "key_not_random"),
    ],
)
def test_a_text_that_is_no_key_is_refused_without_repeating_it(text, code):
    with pytest.raises(KeysRefused) as caught:
        start({"WHEREWITHAL_KEY": text})
    (problem,) = caught.value.problems
    assert (problem.code, problem.path) == (code, "WHEREWITHAL_KEY")
    assert not text or text[:8] not in str(caught.value)


def test_the_first_start_makes_a_file_and_the_next_ones_read_it(file):
    first = start(file=file, may_make=True, seed=1)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert start(file=file, may_make=True, seed=2) == first
    assert start(file=file, may_make=False) == first
    assert [entry.name for entry in file.parent.iterdir()] == ["key"]


def test_the_file_holds_what_the_environment_may(file):
    made = start(file=file, may_make=True)
    assert start({"WHEREWITHAL_KEY": file.read_text()}) == made


def test_of_two_first_starts_one_makes_it_and_both_use_it(file):
    with ThreadPoolExecutor(8) as pool:
        starts = [pool.submit(start, file=file, may_make=True, seed=seed) for seed in range(8)]
        assert len({one.result().key_id for one in starts}) == 1


def test_no_key_is_made_beside_a_database_that_is_there(file):
    assert code_of(file=file) == "key_missing"
    assert not file.exists()


def test_a_database_of_others_needs_the_variable():
    assert code_of(file=None, may_make=True) == "key_missing"


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o602, 0o660])
def test_a_file_that_others_may_open_is_refused(file, mode):
    start(file=file, may_make=True)
    file.chmod(mode)
    assert code_of(file=file) == "key_file_open"


def test_a_link_a_folder_a_pipe_and_a_long_file_are_no_key_files(file, tmp_path):
    start(file=file, may_make=True)
    link, folder, pipe, long = (tmp_path / name for name in ("link", "folder", "pipe", "long"))
    link.symlink_to(file)
    folder.mkdir(mode=0o700)
    os.mkfifo(pipe, 0o600)
    long.write_text("A" * 1_000)
    long.chmod(0o600)
    assert [code_of(file=one) for one in (link, folder, pipe, long)] == ["key_file"] * 4


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    assert code_of(file=tmp_path / "file" / "key", may_make=True) == "key_file"


def test_a_folder_that_takes_no_files_is_said():
    assert code_of(file=Path("/proc/none/key"), may_make=True) == "key_file"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(file):
    start(file=file, may_make=True)
    os.chown(file, 12_345, -1)
    assert code_of(file=file) == "key_file_owner"


def test_a_damaged_file_is_refused_by_its_name(file):
    start(file=file, may_make=True)
    file.write_bytes(b"\xff\x00" * 20)
    with pytest.raises(KeysRefused) as caught:
        start(file=file)
    assert caught.value.problems[0].path == str(file)


def test_every_purpose_has_another_key_and_none_shows():
    keys = keys_of(MASTER)
    secrets = {keys.sealing, keys.blind_index, keys.tokens, keys.idempotency, MASTER}
    assert len(secrets) == 5
    assert repr(keys) == "Keys(…)"
