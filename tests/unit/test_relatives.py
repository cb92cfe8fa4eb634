"""Relatives of plain values: of the same shape, different, and such that nobody can tell from which of them they were made."""

import datetime
import math
import random
import uuid
from array import array
from collections import ChainMap, Counter, OrderedDict, UserList, defaultdict, deque, namedtuple
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import PurePosixPath
from types import MappingProxyType, SimpleNamespace

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandboxes.guest.objects.relatives import all_relatives, some_relatives

COUNT, MOST = 6, 8
NUMBERS = st.integers(-(10**9), 10**9)
LEAVES = st.one_of(
    st.booleans(),
    NUMBERS,
    st.floats(-1e6, 1e6),
    st.decimals(-1000, 1000, places=2),
    st.fractions(-1000, 1000, max_denominator=1000),
    st.text(max_size=20),
    st.binary(max_size=20),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.timedeltas(),
    st.uuids(),
    st.none(),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=5), inner, max_size=4),
        st.frozensets(NUMBERS | st.text(max_size=5), max_size=4),
    ),
    max_leaves=12,
)


def shape(value):
    """Types, lengths and keys."""
    if type(value) in (list, tuple):
        return type(value), sorted(repr(shape(item)) for item in value)
    if type(value) is dict and any(map(type, value.values())):
        return dict, len(value), sorted(repr(shape(item)) for item in value.values())
    return type(value), len(value) if isinstance(value, str | bytes | frozenset | range) else 0


@given(VALUES, st.integers())
def test_they_have_the_shape_of_the_value_and_differ_from_it(value, seed):
    for name, relative in some_relatives(value, COUNT, random.Random(seed)):
        if "strange" in (name or ""):
            continue
        assert shape(relative) == shape(value)
        assert relative != value or repr(relative) != repr(value)


@pytest.mark.parametrize("value", [0.3, 0.01, 1e-9, 7e20, 0.499, -0.25])
def test_numbers_of_any_size_have_some_of_their_size(value):
    for _name, thing in all_relatives(value):
        assert abs(thing) < 100 * abs(value)


@pytest.mark.parametrize("value", ["#.#|.#.", "... --- ...", "да", "♠♥", "!"])
def test_signs_give_way_to_signs(value):
    for _name, thing in all_relatives(value):
        assert len(thing) == len(value)
        assert not thing.isascii() or not any(map(str.isalnum, thing))


@given(VALUES, st.integers())
def test_there_are_some_of_each_value(value, seed):
    assert list(some_relatives(value, COUNT, random.Random(seed)))


@given(VALUES, st.integers())
def test_each_that_a_submission_is_asked_about_was_asked_of_the_reference(value, seed):
    known = {name: repr(relative) for name, relative in all_relatives(value)}
    for name, relative in some_relatives(value, COUNT, random.Random(seed)):
        assert name is None or known[name] == repr(relative)


@pytest.mark.parametrize(
    "value",
    [
        *(
            True,
            7,
            0.1,
            2j,
            Decimal("1.10"),
            Fraction(1, 3),
            "Ada 36",
            b"\x00\xff",
            range(3),
            [1, 2],
            (1,),
            {"a": 1},
            {1, 2},
        ),
        *({(0, 1): None}, {(0, 1), (2, 3)}, {None: 1}),
        *(datetime.date(2024, 2, 29), datetime.time(23, 59), datetime.datetime(2024, 1, 1), datetime.timedelta(1)),
        *(uuid.UUID(int=5), PurePosixPath("a/b.txt"), [[1, "x"], {"k": (2.5,)}]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_there_is_always_one_and_none_twice(value):
    for seed in range(100):
        relatives = [repr(relative) for _name, relative in some_relatives(value, COUNT, random.Random(seed))]
        assert 1 <= len(set(relatives)) == len(relatives) <= MOST


Pair = namedtuple("Pair", "x y")


class Number(int):
    pass


class Suit(Enum):
    CLUBS = 1
    HEARTS = 2


class Plain:
    def __init__(self, held):
        self.held = held

    def __eq__(self, other):
        return self.held == other.held


class Slots:
    __slots__ = ("held",)
    __init__, __eq__ = Plain.__init__, Plain.__eq__


class HalfSet:
    __slots__ = ("__weakref__", "held", "unset")

    def __init__(self):
        self.held = 1

    __eq__ = Plain.__eq__


@dataclass
class Point:
    x: int
    names: list


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", b"", [], (), {}, set(), "!?", math.inf, [None], ["", ""], {"k": None}, ..., int, slice(1, 2)),
        *(deque([1]), Counter("ab"), OrderedDict(a=1), defaultdict(list, {"a": [1]}), Pair(1, 2), Number(3), Suit.CLUBS),
        *(SimpleNamespace(a=1), UserList([1]), ChainMap({"a": 1}), Slots(1), Plain(1), {"a": 1}.keys(), array("i", [1])),
        *(
            MappingProxyType({"a": 1}),
            numpy.array([1, 2]),
            numpy.float64(2.5),
            numpy.array([0.25]),
            0.3,
            1e22,
            -1e-5,
            "#.#|.#.",
            "да",
        ),
        *(numpy.str_("abc"), numpy.uint8(3), HalfSet()),
        *(Point(1, ["a"]), ValueError("x"), pytest.approx(5.0), pytest.approx([1, 2]), pytest.approx({"a": 1.5})),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_parts_to_change_and_what_is_made_of_parts_have_some_of_their_own(value):
    found = [thing for _name, thing in some_relatives(value, COUNT, random.Random(1))]
    assert found
    assert not [thing for thing in found if numpy.all(value == thing)]
    if type(value) not in (type(None), type(...), type):
        assert {type(thing) for thing in found} == {type(value)}


def test_what_is_near_to_none_of_them_keeps_its_tolerance():
    found = [thing for _name, thing in some_relatives(pytest.approx(5.0, abs=0.25), COUNT, random.Random(1))]
    assert {thing.abs for thing in found} == {0.25}
    assert not [thing for thing in found if thing == 5.0]


def test_of_the_parts_of_a_value_empty_ones_stay_if_others_can_be_moved():
    assert all(None in thing and "" in thing and [] in thing for _name, thing in all_relatives([1, None, "", []]))


@pytest.mark.parametrize("value", [object(), [object()], numpy.zeros(100_000)], ids=lambda value: type(value).__name__)
def test_what_nobody_can_look_into_and_what_is_too_large_has_none(value):
    assert list(all_relatives(value)) == []


def test_the_value_is_as_likely_the_least_as_any_other():
    """Who knows all values that are asked about, in their order, guesses right as often as one of seven times."""
    chance = random.Random(1)
    places = [0] * (COUNT + 1)
    for _ in range(7000):
        others = [relative for _name, relative in some_relatives(100, COUNT, chance)]
        places[sum(other < 100 for other in others)] += 1
    assert min(places) > 800
    assert max(places) < 1200


@pytest.mark.parametrize(
    ("value", "looks_likely"),
    [
        (150, lambda amount: amount % 10 == 0 and 0 <= amount < 1000),
        ([40, 30, 30], lambda shares: all(share % 10 == 0 for share in shares)),
        (Decimal("15.00"), lambda price: price % 5 == 0),
        (150.0, lambda amount: amount % 10 == 0),
        (6.0, lambda number: number % 2 == 0),
        (Fraction(3, 4), lambda share: 0 < share < 1),
        ("GATTACA", lambda strand: set(strand) <= set("ACGT")),
        ("IX", lambda numeral: set(numeral) <= set("IVXLCDM")),
        ("0101", lambda bits: set(bits) <= set("01")),
        (datetime.date(2024, 3, 1), lambda day: day.day == 1 and 2020 < day.year < 2028),
        ([1, 2, 3], lambda items: min(items) == 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_who_knows_what_answers_look_like_says_yes_to_relatives_too(value, looks_likely):
    """More often than not; each test of an answer asks anew."""
    assert looks_likely(value)
    caught = 0
    for seed in range(200):
        caught += any(looks_likely(relative) for _name, relative in some_relatives(value, COUNT, random.Random(seed)))
    assert caught > 80


def test_what_is_one_object_in_several_places_stays_one_and_what_holds_itself_does():
    row = [7, 7]
    for _names, thing in some_relatives([row, row, (row, 1)], COUNT, random.Random(1)):
        assert sum(one is two for one in thing[:3] for two in thing[:3]) >= 5
    ring = [1]
    ring.append(ring)
    point = Point(1, [])
    point.names.append(point)
    for value in (ring, point):
        found = [thing for _name, thing in all_relatives(value)]
        assert found
        assert any(thing[1] is thing if value is ring else thing.names[0] is thing for thing in found)


def test_a_ring_keeps_its_size_and_a_slice_its_step():
    assert {thing.maxlen for _name, thing in all_relatives(deque([1, 2], maxlen=2))} == {2}
    assert {thing.step for _name, thing in all_relatives(slice(3, 7))} == {None}


@pytest.mark.parametrize(
    ("value", "also"),
    [
        ("Hello, Ada!", lambda text: "Ada" in text),
        ([1, 2, 3], lambda items: sorted(items) == [1, 2, 3]),
        ([[1, 4], [2, 5]], lambda rows: rows[0] == [1, 4]),
        ({"count": 4, "sum": 10}, lambda found: found["count"] == 4),
        (Point(3, 4), lambda point: point.x == 3),
    ],
    ids=lambda value: type(value).__name__,
)
def test_who_looks_at_one_thing_alone_says_yes_to_some_variants(value, also):
    assert any(also(thing) for _name, thing in all_relatives(value))
    seen = [any(also(thing) for _names, thing in some_relatives(value, COUNT, random.Random(seed))) for seed in range(200)]
    assert sum(seen) > 80


def test_a_letter_in_the_other_case_is_such_a_variant():
    assert any(thing.lower() == "the old man" for _name, thing in all_relatives("The Old Man"))


class Touchy:
    """Stands for an object of a submission."""

    def __eq__(self, other):
        raise AssertionError("asked")

    def __hash__(self):
        raise AssertionError("asked")


@pytest.mark.parametrize("inside", [lambda thing: [5, thing], lambda thing: (5, thing), lambda thing: {5: thing}])
def test_objects_inside_of_a_container_are_asked_nothing(inside):
    assert len(list(all_relatives(inside(Touchy())))) >= COUNT
