"""Whose failure it is that static tools give no answer."""

from types import SimpleNamespace

import pytest

from sandboxes.errors import SandboxFailure
from sandboxes.inspecting import inspect
from sandboxes.suite import Inspected, Inspection, Suite

KNOWN = Inspected(("ruff 1",), (), ("bank.py",))
REFERENCE, FILES = {"bank.py": b"x = 1\n"}, {"bank.py": b"x = 2\n", "a.py": b""}


def suite(inspection=None):
    return Suite("it", {}, frozenset({"bank"}), "bank.py", REFERENCE, inspection=inspection or Inspection(("E",)))


def examiners(fails, lost=False):
    """Examiners whose tools fail ``fails(files, how often they were asked before)``."""
    asked, given_up = [], []

    def ask(files, inspection):
        asked.append(files)
        if fails(files, len(asked) - 1):
            raise SandboxFailure("no answer")
        return KNOWN

    examiner = SimpleNamespace(inspect=ask, lost=lost)
    return SimpleNamespace(ready=lambda: examiner, give_up=given_up.append, asked=asked, given_up=given_up)


def test_what_is_not_asked_for_is_not_looked_for():
    assert inspect(examiners(lambda files, times: False), Suite("it", {}, frozenset(), "", {}), FILES) is None


def test_a_failure_that_passes_is_tried_again_with_an_examiner_that_is_there():
    some = examiners(lambda files, times: times == 0, lost=True)
    assert inspect(some, suite(), FILES) is KNOWN
    assert len(some.given_up) == 1


def test_text_that_ends_the_tools_is_unreadable():
    found = inspect(examiners(lambda files, times: files is FILES), suite(), FILES)
    assert [(one.rule, one.path) for one in found.findings] == [("unreadable", "a.py"), ("unreadable", "bank.py")]
    assert found.tools == KNOWN.tools


def test_tools_that_read_nothing_are_our_failure():
    some = examiners(lambda files, times: True)
    with pytest.raises(SandboxFailure):
        inspect(some, suite(), FILES)
    assert some.asked == [FILES, FILES, REFERENCE]
