"""Warm graders of a worker."""

from types import SimpleNamespace

import pytest

from workers import graders as module
from workers.graders import Graders


@pytest.fixture
def swept(monkeypatch):
    """Engines that were swept, in their order; time stands still but for what a test adds."""
    engines, clock = [], SimpleNamespace(now=1000.0)
    monkeypatch.setattr(module, "Engine", lambda runtime: object())
    monkeypatch.setattr(module, "sweep", engines.append)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return engines, clock


def test_what_killed_processes_left_is_swept_at_the_start_and_every_minute(swept):
    engines, clock = swept
    graders = Graders(None, SimpleNamespace(runtime=None, cached_assignments=1))
    first = graders.engine()
    clock.now += 59
    assert graders.engine() is first
    assert engines == [first]
    clock.now += 2
    assert graders.engine() is first
    assert engines == [first, first]


def test_after_a_failure_it_begins_anew(swept):
    engines, _clock = swept
    graders = Graders(None, SimpleNamespace(runtime=None, cached_assignments=1))
    first = graders.engine()
    graders.drop()
    assert graders.engine() is not first
    assert len(engines) == 2
