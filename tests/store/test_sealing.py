"""What is sealed opens for the same consumer, field and key, and for nothing else."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.store.sealing import (
    KeyDeleted,
    MasterKeyUnknown,
    SealBroken,
    Sealer,
    SealingError,
)
from wherewithal.vocabulary.errors import DomainError

ANN = "0b6f5f8e-6c5f-4a53-9a1e-0d2c7d1b7a01"
BEN = "0b6f5f8e-6c5f-4a53-9a1e-0d2c7d1b7a02"
SECRET = b'{"ssn":"900123456"}'
OLD, NEW = b"o" * 32, b"n" * 32


def sealer(keys=None, *, active="2026", seed=1):
    return Sealer(keys or {"2026": OLD}, active=active, random_bytes=random.Random(seed).randbytes)


@pytest.fixture
def wrapped():
    return sealer().new_data_key(ANN)


@pytest.fixture
def sealed(wrapped):
    return sealer(seed=2).seal(wrapped, consumer_id=ANN, field="identity", plaintext=SECRET)


def opened(wrapped, sealed, *, by=None, consumer_id=ANN, field="identity"):
    by = by or sealer()
    return by.open(wrapped, consumer_id=consumer_id, field=field, sealed=sealed)


@given(plaintext=st.binary(max_size=300), field=st.text(max_size=20))
def test_what_was_sealed_opens(plaintext, field):
    one = sealer()
    wrapped = one.new_data_key(ANN)
    sealed = one.seal(wrapped, consumer_id=ANN, field=field, plaintext=plaintext)
    assert opened(wrapped, sealed, field=field) == plaintext
    assert len(sealed) == len(plaintext) + 81


def test_the_text_shows_nothing_and_no_two_are_alike(wrapped):
    one = sealer(seed=3)
    texts = {
        one.seal(wrapped, consumer_id=ANN, field="identity", plaintext=SECRET) for _ in range(100)
    }
    assert len(texts) == 100
    assert not any(b"900123456" in text or b"ssn" in text for text in texts)


def test_a_text_moved_to_another_field_or_person_does_not_open(wrapped, sealed):
    of_ben = sealer(seed=4).new_data_key(BEN)
    for key, person, field in [
        (wrapped, ANN, "report"),  # another column of the same row
        (of_ben, BEN, "identity"),  # another person's row
        (wrapped, BEN, "identity"),  # ... with the key moved along
        (of_ben, ANN, "identity"),  # another person's key in this row
    ]:
        with pytest.raises(SealBroken):
            opened(key, sealed, consumer_id=person, field=field)


def test_a_data_key_is_no_field(wrapped):
    """A wrapped key read as a sealed text, and the reverse."""
    with pytest.raises(SealBroken):
        opened(wrapped, wrapped)
    with pytest.raises(SealingError):
        opened(b"\x01\x042026" + wrapped[10:], wrapped)


def test_every_cut_is_refused(wrapped, sealed):
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            opened(wrapped, sealed[:length])
    for length in range(len(wrapped)):
        with pytest.raises(SealingError):
            opened(wrapped[:length], sealed)
    with pytest.raises(SealBroken):
        opened(wrapped, sealed + b"\x00")


def test_every_flipped_bit_is_refused(wrapped, sealed):
    for bit in range(len(sealed) * 8):
        with pytest.raises(SealBroken):
            opened(wrapped, flipped(sealed, bit))
    for bit in range(len(wrapped) * 8):
        with pytest.raises(SealingError):
            opened(flipped(wrapped, bit), sealed)


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_another_master_key_under_the_same_id_opens_nothing(wrapped, sealed):
    with pytest.raises(SealBroken):
        opened(wrapped, sealed, by=sealer({"2026": NEW}))


def test_a_master_key_that_is_not_at_hand_is_said(wrapped, sealed):
    stranger = sealer({"2027": NEW}, active="2027")
    assert (sealer().knows(wrapped), stranger.knows(wrapped)) == (True, False)
    with pytest.raises(MasterKeyUnknown):
        opened(wrapped, sealed, by=stranger)


def test_a_deleted_key_shreds(sealed):
    with pytest.raises(KeyDeleted):
        opened(None, sealed)
    with pytest.raises(KeyDeleted):
        sealer().seal(None, consumer_id=ANN, field="identity", plaintext=SECRET)
    with pytest.raises(SealBroken):  # a new key for the same person does not bring it back
        opened(sealer(seed=5).new_data_key(ANN), sealed)


def test_rotation_rewraps_and_touches_no_field(wrapped, sealed):
    both = sealer({"2026": OLD, "2027": NEW}, active="2027")
    rewrapped = both.rewrap(wrapped, ANN)
    only_new = sealer({"2027": NEW}, active="2027")
    assert opened(rewrapped, sealed, by=only_new) == SECRET
    assert both.rewrap(rewrapped, ANN) == rewrapped
    with pytest.raises(SealBroken):
        both.rewrap(wrapped, BEN)


@pytest.mark.parametrize(
    ("keys", "active"),
    [({"2026": b"short"}, "2026"), ({"2026": OLD}, "2027"), ({"": OLD}, ""), ({"k" * 65: OLD}, "k" * 65)],
)  # fmt: skip
def test_unfit_master_keys_are_refused(keys, active):
    with pytest.raises(DomainError):
        sealer(keys, active=active)


def test_no_message_quotes_what_was_sealed(wrapped):
    with pytest.raises(SealBroken) as caught:
        opened(wrapped, b"\x01 900-12-3456")
    assert "3456" not in str(caught.value)
    assert "3456" not in repr(sealer())
