"""Whose doing it was that a program ended: its own, or something else's."""

import pytest

from sandboxes.attempts import Doubts
from sandboxes.errors import SandboxFailure


def places(*names):
    return frozenset(names)


def test_a_run_that_nothing_disturbed_counts():
    assert Doubts().are_settled(places())


def test_three_times_in_the_same_place_is_its_own_doing():
    doubts = Doubts()
    assert [doubts.are_settled(places("a")) for _ in range(3)] == [False, False, True]


def test_a_run_that_goes_through_after_others_counts():
    doubts = Doubts()
    assert [doubts.are_settled(found) for found in (places("a"), places("b"), places())] == [False, False, True]


def test_in_one_place_after_the_other_it_is_its_own_doing_if_the_reference_goes_through():
    asked = []
    doubts = Doubts(lambda times: asked.append(times) or True)
    assert [doubts.are_settled(places(name)) for name in "abcd"] == [False, False, False, True]
    assert asked == [4]


def test_else_it_is_nobody_s():
    doubts = Doubts()
    for name in "abc":
        assert not doubts.are_settled(places(name))
    with pytest.raises(SandboxFailure, match="killed in another place"):
        doubts.are_settled(places("d"))
