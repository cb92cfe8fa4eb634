"""Times as learners read them."""

import time
from datetime import UTC, datetime

import pytest

from grader.cli.remote.times import local, when

PRESENT = datetime(2027, 1, 10, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_berlin(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_times_are_shown_in_the_zone_of_the_machine():
    assert local("2027-01-31T23:59:00+00:00") == "Mon 01 Feb 2027 00:59 CET"
    assert local("2027-07-01T12:00:00+00:00") == "Thu 01 Jul 2027 14:00 CEST"


@pytest.mark.parametrize(
    ("text", "distance"),
    [
        ("2027-01-12T13:00:00+00:00", "in 2 days"),
        ("2027-01-11T12:00:00+00:00", "in 1 day"),
        ("2027-01-10T13:30:00+00:00", "in 1 hour"),
        ("2027-01-10T12:00:30+00:00", "in moments"),
        ("2027-01-10T11:55:00+00:00", "5 minutes ago"),
    ],
)
def test_how_far_away_a_time_is(text, distance):
    assert when(text, PRESENT).endswith(f"({distance})")


def test_no_time_is_nothing():
    assert when(None) == ""
