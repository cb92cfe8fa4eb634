"""Numbers of tests: the same for all, and known to who knows the tests."""

import random

import numpy

from sandboxes.guest.examiner.chance import Chance

TESTS = {"tests/hidden/test_it.py": b"def test(): pass\n"}


def drawn(tests, place):
    state, other = random.getstate(), numpy.random.get_state()
    try:
        Chance(tests).begin(place)
        return random.random(), numpy.random.random()
    finally:
        random.setstate(state)
        numpy.random.set_state(other)


def test_numbers_follow_from_the_tests_and_the_place():
    assert drawn(TESTS, "a") == drawn(dict(TESTS), "a")
    assert drawn(TESTS, "a") != drawn(TESTS, "b")
    assert drawn(TESTS, "a") != drawn({"tests/hidden/test_it.py": b"def test(): 1\n"}, "a")
    assert drawn(TESTS, "a")[0] != random.Random("a").random(), "who knows the name alone can't foresee them"


def test_what_is_shared_draws_apart():
    chance = Chance(TESTS)
    state, other = random.getstate(), numpy.random.get_state()
    with chance.apart("shared"):
        one = random.random(), numpy.random.random()
    assert random.getstate() == state
    assert numpy.random.get_state()[1].tolist() == other[1].tolist()
    with chance.apart("shared"):
        assert (random.random(), numpy.random.random()) == one
