"""A candidate that something else kills, at any time, costs a submission nothing."""

import textwrap

import pytest

from sandboxes.measure import Plan
from sandboxes.sandbox import Sandbox
from sandboxes.session import Session
from sandboxes.trial import Trial
from sandboxes.trials import Trials

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import pytest
    import bank

    NAMES = bank.names()

    @pytest.fixture(scope="module")
    def account(): return bank.Account()

    @pytest.mark.parametrize("name", NAMES)
    def test_name(name, account): assert account.greet(name) == "hello " + name
    def test_last(account): assert account.greeted == 3
"""
BANK = """
    def names(): return ["ann", "bob", "eve"]
    class Account:
        greeted = 0
        def greet(self, name):
            self.greeted += 1
            return "hello " + name
"""


class Killer:
    """Kills candidates from outside, so many times, when a condition holds."""

    def __init__(self, monkeypatch, times=1):
        self.left = times
        self._patch = monkeypatch

    def at(self, owner, name, before):
        """Kill the candidate of a session in a method of its class, at its begin or its end."""
        method = getattr(owner, name)

        def killing(session, *arguments):
            if before:
                self._kill(session)
            result = method(session, *arguments)
            if not before:
                self._kill(session)
            return result

        self._patch.setattr(owner, name, killing)

    def _kill(self, session):
        candidate = session.watch._taken
        if self.left and candidate is not None:
            self.left -= 1
            candidate._engine.api.kill(candidate._container.id)


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, BANK)) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("begin", True),
        ("begin", False),
        ("hear_of_tests", False),
        ("begin_test", True),
        ("_mark", False),
        ("_finish_test", False),
    ],
)
def test_a_grading_is_right(sandbox, monkeypatch, name, before):
    killer = Killer(monkeypatch)
    killer.at(Session, name, before)
    graded = Graded(sandbox.run(encoded(BANK)))
    assert killer.left == 0
    graded.assert_all_passed()


def test_collection_is_right(engine, monkeypatch):
    killer = Killer(monkeypatch)
    killer.at(Session, "begin", before=False)
    with Sandbox(engine, make_suite(TESTS, BANK)) as sandbox:
        assert killer.left == 0
        assert len(sandbox.tests) == 4


def test_measuring_loses_no_test(sandbox, monkeypatch):
    killer = Killer(monkeypatch)
    killer.at(Session, "begin_test", before=False)
    [found] = sandbox.measure(encoded(BANK), lambda done: None if done else Plan(both=sandbox.tests))
    assert killer.left == 0
    assert found.both.submission.failed == found.both.reference.failed == set()


def test_a_trial_is_tried_again(engine, monkeypatch):
    killer = Killer(monkeypatch)
    killer.at(Trial, "begin_test", before=True)
    suite = make_suite({}, BANK)
    tests = {"test_bank.py": textwrap.dedent(TESTS).encode()}
    with Trials(engine, suite, encoded(BANK)) as trials:
        tried = trials.run(tests, encoded(BANK), 60.0)
    assert killer.left == 0
    assert {run.outcome for run in tried.runs.values()} == {"passed"}
    assert len(tried.runs) == 4
