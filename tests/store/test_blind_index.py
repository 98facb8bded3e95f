"""Equal values have equal indexes under one key, kind and version; nothing else has."""

import hmac
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.store.blind_index import BlindIndex
from wherewithal.vocabulary.errors import DomainError

KEY = bytes(range(32))


def test_it_is_the_hmac_that_the_page_says():
    message = (
        b"\x00\x00\x00\x17wherewithal blind index"
        b"\x00\x00\x00\x02\x00\x01"
        b"\x00\x00\x00\x03ssn"
        b"\x00\x00\x00\x09900123456"
    )
    index = BlindIndex(KEY, 1).of("ssn", "900123456")
    assert index == hmac.new(KEY, message, sha256).digest()
    assert len(index) == 32


def test_key_version_and_kind_each_part_it():
    indexes = {
        BlindIndex(KEY, 1).of("ssn", "900123456"),
        BlindIndex(KEY, 2).of("ssn", "900123456"),
        BlindIndex(KEY[::-1], 1).of("ssn", "900123456"),
        BlindIndex(KEY, 1).of("name_dob_zip", "900123456"),
        BlindIndex(KEY, 1).of("ssn9", "00123456"),  # the same letters, cut elsewhere
    }
    assert len(indexes) == 5


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_equal_if_and_only_if_the_values_are(one, other):
    index = BlindIndex(KEY, 1)
    assert (index.of(*one) == index.of(*other)) == (one == other)


def test_a_lone_surrogate_raises_no_error_that_quotes_it():
    assert len(BlindIndex(KEY, 1).of("name_dob_zip", "ann\udc80")) == 32


@pytest.mark.parametrize(("key", "version"), [(KEY[:31], 1), (KEY, 0), (KEY, 32_768)])
def test_an_unfit_key_or_version_is_refused(key, version):
    with pytest.raises(DomainError):
        BlindIndex(key, version)
