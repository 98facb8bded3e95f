"""Synthetic twins: of thousands of people, how many are split in two, how many taken for another.

The population is made to be hard: half of it are twins with neighbouring numbers at one address, or
fathers and sons of one name. Everyone is known once, then asks again, with names, number, birthday
and address spelled otherwise by chance. Of those whose number, or name, birthday and postal code
are intact, at most one in a thousand may become a second consumer; and nobody may be taken for
somebody else (RELIABILITY H11).
"""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta

import msgspec

from wherewithal.vocabulary.consumer import (
    Address,
    Identity,
    Likeness,
    compare,
    match_keys,
    resolve,
)

HOUSEHOLDS = 1_500
TIMES = 5
GIVEN = ["Ann", "Beth", "Carla", "Dora", "Ella", "José", "Karl", "Luis", "Marie", "Nadia", "Søren", "Émile", "Mary-Jane", "Mary_Ann", "Jean-Luc", "Olga", "Piotr", "Quentin", "Rosa", "Zoë", "Xiu", "Hùng"]  # fmt: skip
FAMILY = ["Smith", "Jones", "Núñez", "O'Brien", "Łukasz", "Nguyễn", "Li", "García_Márquez", "Van_der_Berg", "D'Arcy", "Müller", "Østergård", "Al-Amin", "Brown", "Davis", "Wilson", "Lee", "Khan", "Patel", "Cohen"]  # fmt: skip


class Register:
    """Known people and the keys that find them, as a store keeps them."""

    def __init__(self):
        self.people = {}
        self.by_key = defaultdict(set)

    def add(self, identity):
        consumer_id = f"c{len(self.people)}"
        self.people[consumer_id] = identity
        for key in match_keys(identity).items():
            self.by_key[key].add(consumer_id)
        return consumer_id

    def resolve(self, asked):
        ids = sorted(set().union(*(self.by_key[key] for key in match_keys(asked).items())))
        return resolve({one: self.people[one] for one in ids}, asked)


def word(chance, words):
    return chance.choice(words).replace("_", " ")


def household(chance, number):
    """Return one to two people who live together; every third household is a hard one."""
    address = Address(
        street=f"{number} Main St",
        city="Detroit",
        state="MI",
        postal_code=f"{chance.randrange(48_000, 48_100)}",
    )
    born = date(1950, 1, 1) + timedelta(days=chance.randrange(20_000))
    first = Identity(
        given_name=word(chance, GIVEN),
        family_name=word(chance, FAMILY),
        date_of_birth=born,
        ssn=f"9{number * 4 + 10_000_000:08d}",
        address=address,
    )
    beside = str(int(first.ssn) + 1)
    if number % 6 == 0:
        others = [name for name in GIVEN if name.replace("_", " ") != first.given_name]
        return [first, msgspec.structs.replace(first, given_name=word(chance, others), ssn=beside)]
    if number % 6 == 3:
        son = f"{first.family_name}, Jr."
        later = born + timedelta(days=9_000)
        return [
            first,
            msgspec.structs.replace(first, family_name=son, date_of_birth=later, ssn=beside),
        ]
    return [first]


def mistyped(chance, ssn):
    """Return a number with one digit wrong, or two neighbours swapped."""
    at = chance.randrange(1, 9)
    if at < 8 and chance.random() < 0.3 and ssn[at] != ssn[at + 1]:
        return ssn[:at] + ssn[at + 1] + ssn[at] + ssn[at + 2 :]
    return ssn[:at] + str((int(ssn[at]) + chance.randrange(1, 10)) % 10) + ssn[at + 1 :]


#: How often each thing is spelled otherwise when somebody asks again; ours, and rather often.
CHANCES = {
    "case": 0.3,
    "accents": 0.3,
    "hyphen": 0.2,
    "apostrophe": 0.2,
    "middle name": 0.2,
    "suffix": 0.05,
    "swapped": 0.005,
    "longer code": 0.1,
    "moved": 0.15,
    "married": 0.03,
    "double name": 0.02,
    "nickname": 0.03,
    "number mistyped": 0.02,
    "birthday mistyped": 0.005,
}
#: Where the number is mistyped, what else takes the evidence away.
EVIDENCE = {"moved", "married", "double name", "nickname", "birthday mistyped"}
PLAIN = str.maketrans("úñółøåéüëùễíáŁØÉ", "unoloaeueueiaLOE")


def spelled(one, name, chance):
    """Return an identity with one thing spelled otherwise."""
    given, family, address = one.given_name, one.family_name, one.address
    moved = Address(street="9 Elm St", city="Fresno", state="CA", postal_code="93650")
    longer = msgspec.structs.replace(address, postal_code=f"{address.postal_code[:5]}-0001")
    changes = {
        "case": {"given_name": given.upper(), "family_name": family.lower()},
        "accents": {"given_name": given.translate(PLAIN), "family_name": family.translate(PLAIN)},
        "hyphen": {"given_name": given.replace("-", " "), "family_name": family.replace("-", " ")},
        "apostrophe": {"family_name": family.replace("'", "\u2019")},
        "middle name": {"given_name": f"{given} Q."},
        "suffix": {"family_name": f"{family} Jr"},
        "swapped": {"given_name": family, "family_name": given},
        "longer code": {"address": longer},
        "moved": {"address": moved},
        "married": {"family_name": "Worthington"},
        "double name": {"family_name": f"{family}-Worthington"},
        "nickname": {"given_name": f"{given[:2]}bo"},
        "number mistyped": {"ssn": mistyped(chance, one.ssn)},
        "birthday mistyped": {"date_of_birth": one.date_of_birth + timedelta(days=10)},
    }
    return msgspec.structs.replace(one, **changes[name])


def asks_again(chance, one):
    """Return somebody as they spell themselves next time, and whether they can be recognised."""
    names = {name for name, often in CHANCES.items() if chance.random() < often}
    for name in CHANCES:
        if name in names:
            one = spelled(one, name, chance)
    is_recognisable = "number mistyped" not in names or not names & EVIDENCE
    return one, is_recognisable


def outcome(register, consumer_id, asked):
    answer = register.resolve(asked)
    if answer.likeness is not Likeness.SAME:
        return answer.likeness.value
    return "same" if answer.consumer_id == consumer_id else "false merge"


def test_nobody_is_taken_for_another_and_almost_nobody_is_split():
    chance = random.Random(20261121)
    register = Register()
    known = {}
    for number in range(HOUSEHOLDS):
        for one in household(chance, number):
            assert register.resolve(one).likeness is Likeness.OTHER  # not even a twin is another
            known[register.add(one)] = one
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for consumer_id, one in known.items():
        for _ in range(TIMES):
            asked, is_recognisable = asks_again(chance, one)
            counts[is_recognisable][outcome(register, consumer_id, asked)] += 1
    # Of 9,946 who can be recognised 3 are split: a number mistyped, and a hyphen left out of the
    # given name. Of the 54 who cannot, by number or by name, 38 are; nobody can tell.
    assert counts[True] == {"same": 9_731, "ambiguous": 212, "other": 3}
    assert counts[False] == {"other": 38, "ambiguous": 16}
    assert counts[True]["other"] / counts[True].total() <= 0.001


def test_of_any_two_people_none_are_the_same():
    chance = random.Random(7)
    people = [one for number in range(120) for one in household(chance, number)]
    pairs = Counter(compare(one, other) for at, one in enumerate(people) for other in people[:at])
    assert pairs == {Likeness.OTHER: len(people) * (len(people) - 1) // 2}
