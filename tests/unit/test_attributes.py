"""Attributes that the program sees as set, and the test does not."""

from types import SimpleNamespace

import pytest

from sandboxes.guest.examiner.attributes import OneWayAttributes


@pytest.fixture
def person():
    return SimpleNamespace(age=30)


def test_the_program_sees_its_value_while_it_is_asked_and_the_test_its_own(person):
    attributes = OneWayAttributes()
    attributes.show()
    attributes.set(person, "age", 0)
    assert person.age == 0
    attributes.show()  # a request within a request
    attributes.set(person, "age", 1)
    attributes.hide()
    assert person.age == 1
    attributes.hide()
    assert person.age == 30
    attributes.show()
    assert person.age == 1
    attributes.hide()
    assert person.age == 30


def test_what_a_thread_sets_between_requests_is_not_seen_by_the_test(person):
    attributes = OneWayAttributes()
    attributes.set(person, "age", 0)
    assert person.age == 30
    attributes.set(person, "age", 1)
    attributes.show()
    assert person.age == 1
    attributes.hide()
    assert person.age == 30


def test_what_the_test_sets_meanwhile_stays(person):
    attributes = OneWayAttributes()
    attributes.show()
    attributes.set(person, "age", 0)
    attributes.hide()
    person.age = 31
    attributes.show()
    attributes.hide()
    assert person.age == 31
