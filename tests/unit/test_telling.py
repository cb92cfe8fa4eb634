"""Results are told of without anybody waiting for the listener."""

import threading

import pytest

from grader.examinations import telling as module
from grader.examinations.telling import Telling


def test_results_are_told_in_their_order():
    heard = []
    with Telling(heard.append) as telling:
        for number in range(100):
            telling.tell(number)
    assert heard == list(range(100))


def test_nobody_waits_for_a_listener_that_hangs(monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE", 0.1)
    go_on, heard = threading.Event(), []

    def hang(result):
        go_on.wait(60)
        heard.append(result)

    with Telling(hang) as telling:
        telling.tell(1)
        telling.tell(2)
        assert heard == []
    assert heard == []
    go_on.set()


def test_what_a_listener_raises_comes_out():
    def fail(result):
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError), Telling(fail) as telling:
        telling.tell(1)


def test_the_examination_s_own_failure_goes_first():
    def fail(result):
        raise BrokenPipeError

    with pytest.raises(ValueError, match="examined"), Telling(fail) as telling:
        telling.tell(1)
        raise ValueError("examined")
