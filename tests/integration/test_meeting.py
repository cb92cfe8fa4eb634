"""Over streams, candidate and examiner meet by themselves where the engine lets them."""

from __future__ import annotations

import pytest

from sandboxes.guest.relay import Relay
from sandboxes.owner import owner
from sandboxes.sandbox import Sandbox
from tests.conftest import Graded, make_suite

TESTS = """
    import os
    import pytest
    import bank

    @pytest.mark.parametrize("calls", [1, 2000])
    def test_calls(calls):
        for number in range(calls):
            assert bank.next_of(number) == number + 1

    def test_end(): bank.end()

    def test_after_the_end(): assert bank.next_of(1) == 2

    def test_place():
        assert bank.tried() == ["PermissionError", "PermissionError"]
        assert not os.access("/run/grader", os.W_OK)
        try: assert os.listdir("/run/grader") == []
        except PermissionError: pass
"""
SUBMISSION = """
    import os, socket

    def next_of(number): return number + 1

    def end(): os._exit(3)

    def tried():
        found = []
        for attempt in (lambda: os.listdir("/run/grader"), lambda: socket.socket(socket.AF_UNIX).bind("/run/grader/mine")):
            try:
                attempt()
            except OSError as error:
                found.append(type(error).__name__)
        return found
"""
EXPECTED = {
    "test_calls[1]": "passed",
    "test_calls[2000]": "passed",
    "test_end": "crashed",
    "test_after_the_end": "passed",
    "test_place": "passed",
}


@pytest.fixture
def relayed(monkeypatch):
    """The sizes in bytes of what the worker sent through the engine to examiners."""
    sizes = []
    frame = Relay._frame

    def count(self, kind, channel, data):
        sizes.append(len(data))
        frame(self, kind, channel, data)

    monkeypatch.setattr(Relay, "_frame", count)
    return sizes


def outcomes(sandbox, suite):
    return Graded(sandbox.run(suite.reference)).outcomes


def test_calls_do_not_go_through_the_engine(engine, relayed):
    suite = make_suite(TESTS, SUBMISSION)
    with Sandbox(engine, suite, transport="stream") as sandbox:
        relayed.clear()
        assert outcomes(sandbox, suite) == EXPECTED
        assert sandbox._examiners.ready().protection.namespaces == engine.nests
    # Those after the crash do, since only a grading's first candidate is expected.
    assert len(relayed) < 100
    assert not [owned for owned in engine.owned() if owned.role == "place" and owned.owner == owner()]


def test_a_meeting_place_that_is_gone_is_done_without_until_there_is_another(engine):
    suite = make_suite(TESTS, SUBMISSION)
    with Sandbox(engine, suite, transport="stream") as sandbox:
        place = sandbox._linker._place._place
        engine.remove(place)
        assert outcomes(sandbox, suite) == outcomes(sandbox, suite) == EXPECTED
        assert sandbox._linker._place._place not in (None, place)


def test_where_no_examiner_can_listen_calls_go_through_the_engine(engine, monkeypatch, relayed):
    monkeypatch.setattr("sandboxes.links.EXAMINER", 4242)
    suite = make_suite(TESTS, SUBMISSION)
    with Sandbox(engine, suite, transport="stream") as sandbox:
        relayed.clear()
        assert outcomes(sandbox, suite) | {"test_place": "passed"} == EXPECTED  # nor can who may not listen look there
        assert sandbox._linker._place._failures > 0
    assert len(relayed) > 2000
