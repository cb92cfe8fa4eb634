"""One submission's way, with an examiner that does not do what it should."""

import socket
import time
from types import SimpleNamespace

import pytest

from sandboxes import dialogue as module
from sandboxes.errors import SandboxFailure
from sandboxes.examiner import Examiner
from sandboxes.guest.wire.control import Control
from sandboxes.meters import Reading
from sandboxes.session import Session
from sandboxes.suite import Limits, Test


class Deaf:
    """An examiner that begins, and never says anything."""

    def __init__(self):
        self.ours, self.theirs = socket.socketpair()
        self.ended, self.lost = 0, False

    def begin(self, *arguments):
        return 1, Control(self.ours)

    def end(self, number):
        self.ended += 1

    def declare_lost(self):
        self.lost = True

    def expect(self, candidate):
        return None


class Pool:
    """Gives a candidate that does nothing, and costs nothing."""

    def __init__(self):
        meter = SimpleNamespace(interval=0.01, read=Reading, start_peak=lambda: None)
        self.candidate = SimpleNamespace(meter=meter, wire=None, load=lambda files, meet: "3.11", destroy=lambda: None)

    def take(self):
        return self.candidate

    def discard(self, candidate):
        pass


def test_an_examiner_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr(module, "_GRACE", 0.2)
    examiner = Deaf()
    session = Session(examiner, Pool(), {}, Limits(1.0, 1 << 28, 64, 1 << 20, 0.2))
    started = time.monotonic()
    with pytest.raises(SandboxFailure, match="does not end"):
        session.run((Test("a", 1.0, None, (), False, frozenset(), None),))
    assert time.monotonic() - started < 20
    assert examiner.lost
    assert examiner.ended <= 3


def test_an_examiner_that_another_grading_gave_up_is_lost():
    examiner = object.__new__(Examiner)
    ours, theirs = socket.socketpair()
    examiner._lost, examiner._control = False, Control(ours)
    theirs.close()
    assert examiner.lost  # it hung up
    ours.close()
    assert examiner.lost  # and was closed here
