"""Warm graders of a worker."""

import contextlib
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from sandboxes.errors import SandboxFailure
from workers import graders as module
from workers.graders import Graders
from workers.grading import _BACKSTOP, _Lease

SETTINGS = SimpleNamespace(runtime=None, cached_assignments=1, keep_images=7.0)


@pytest.fixture
def swept(monkeypatch):
    """Engines that were swept, in their order; time stands still but for what a test adds."""
    engines, clock = [], SimpleNamespace(now=1000.0)
    monkeypatch.setattr(module, "Engine", lambda runtime: object())
    monkeypatch.setattr(module, "sweep", engines.append)
    monkeypatch.setattr(module, "prune_images", lambda engine, before: [])
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return engines, clock


def test_what_killed_processes_left_is_swept_at_the_start_and_every_minute(swept):
    engines, clock = swept
    graders = Graders(None, SETTINGS)
    first = graders.engine()
    clock.now += 59
    assert graders.engine() is first
    assert engines == [first]
    clock.now += 2
    assert graders.engine() is first
    assert engines == [first, first]


def test_old_images_are_removed_at_the_start_and_each_day_and_a_failure_of_that_stops_nothing(swept, monkeypatch):
    _engines, clock = swept
    asked = []

    def prune_images(engine, before):
        asked.append(datetime.now(UTC) - before)
        raise SandboxFailure("no")

    monkeypatch.setattr(module, "prune_images", prune_images)
    graders = Graders(None, SETTINGS)
    for hours in (0, 12, 11, 2):
        clock.now += hours * 3600
        assert graders.engine()
    assert [round(age / timedelta(days=1)) for age in asked] == [7, 7]


def test_after_a_failure_it_begins_anew(swept):
    engines, _clock = swept
    graders = Graders(None, SETTINGS)
    first = graders.engine()
    graders.drop()
    assert graders.engine() is not first
    assert len(engines) == 2


class Claims:
    """Stands for the database: counts how often a claim is kept."""

    def __init__(self):
        self.kept = 0
        self.database = SimpleNamespace(writing=contextlib.nullcontext)
        self.settings = SimpleNamespace(lease=0.03)

    def now(self):
        return None

    def renew(self, session, one, now, lease):
        self.kept += 1
        return True


@pytest.mark.parametrize(("allowed", "goes_on"), [(None, False), (1000.0, True)])
def test_a_claim_is_kept_as_long_as_what_runs_may_take(monkeypatch, allowed, goes_on):
    claims, clock = Claims(), SimpleNamespace(now=0.0)
    monkeypatch.setattr("workers.grading.queue", claims)
    monkeypatch.setattr("workers.grading.time", SimpleNamespace(monotonic=lambda: clock.now))
    with _Lease(claims, None) as lease:
        if allowed is not None:
            lease.allow(allowed)
        clock.now = _BACKSTOP + 1
        lease._thread.join(0.3)
        assert lease._thread.is_alive() == goes_on
        if goes_on:
            clock.now = _BACKSTOP + 1001
            lease._thread.join(30)
            assert not lease._thread.is_alive()
