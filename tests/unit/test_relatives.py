"""Relatives of plain values: of the same shape, different, and such that nobody can tell from which of them they were made."""

import datetime
import math
import random
import uuid
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandboxes.guest.objects.relatives import all_relatives, some_relatives

COUNT = 6
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
    for _name, relative in some_relatives(value, COUNT, random.Random(seed)):
        assert shape(relative) == shape(value)
        assert relative != value or repr(relative) != repr(value)


@given(VALUES, st.integers())
def test_each_that_a_submission_is_asked_about_was_asked_of_the_reference(value, seed):
    known = {name: repr(relative) for name, relative in all_relatives(value)}
    asked = {name: repr(relative) for name, relative in some_relatives(value, COUNT, random.Random(seed))}
    assert asked.items() <= known.items()


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
def test_there_are_always_as_many_as_were_asked_for(value):
    assert all(len(list(some_relatives(value, COUNT, random.Random(seed)))) == COUNT for seed in range(50))


@pytest.mark.parametrize(
    "value", [None, "", b"", [], (), {}, set(), "!?", math.inf, object(), [object()]], ids=lambda value: type(value).__name__
)
def test_what_has_no_parts_to_change_has_none(value):
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


def test_the_large_step_keeps_what_a_number_is_divided_by():
    large = {relative for name, relative in all_relatives(0) if name.startswith("4200")}
    assert large
    assert all(relative % number == 0 for relative in large for number in (2, 3, 5, 7, 10, 24, 25))


class Touchy:
    """Stands for an object of a submission."""

    def __eq__(self, other):
        raise AssertionError("asked")

    def __hash__(self):
        raise AssertionError("asked")


@pytest.mark.parametrize("inside", [lambda thing: [5, thing], lambda thing: (5, thing), lambda thing: {5: thing}])
def test_objects_inside_of_a_container_are_asked_nothing(inside):
    assert len(list(all_relatives(inside(Touchy())))) >= COUNT
