"""Real sandboxes for the tests that are about them. Without an engine they fail, and say what to do."""

from __future__ import annotations

import textwrap

import pytest

from sandboxes.engine import Engine
from sandboxes.sandbox import Sandbox
from sandboxes.suite import Limits, Run, Suite, TestRun


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Tests of one file run in one process, one after the other, since they share what takes long to set up.

    But for those that are parametrized over transports, each of which has a setup of its own, and those that share nothing.
    """
    for item in items:
        transport = getattr(item, "callspec", None) and item.callspec.params.get("ring", "")
        alone = item.get_closest_marker("alone") is not None
        item.add_marker(pytest.mark.xdist_group(item.nodeid if alone else f"{item.path}{transport or ''}"))


@pytest.fixture(scope="session")
def engine():
    return Engine()


class Graded:
    """What a run gave, by the tests' short names."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.tests: dict[str, TestRun] = {one.test.id.partition("::")[2]: one for one in run.tests}

    @property
    def outcomes(self) -> dict[str, str]:
        return {name: one.outcome for name, one in self.tests.items()}

    def message(self, name: str) -> str:
        return self.tests[name].message or ""

    def assert_all_passed(self) -> None:
        troubles = {name: (one.outcome, one.message) for name, one in self.tests.items() if one.outcome != "passed"}
        assert not troubles


def make_suite(tests: str | dict[str, str], reference: str | dict[str, str], **settings) -> Suite:
    """A suite of test text, with a submission module ``bank`` unless files are named."""
    test_files = tests if isinstance(tests, dict) else {"tests/hidden/test_it.py": tests}
    files = reference if isinstance(reference, dict) else {"bank.py": reference}
    limits = Limits(**settings.pop("limits", {}))
    provided = frozenset(name.partition("/")[0].removesuffix(".py") for name in files)
    return Suite(
        name="test",
        tests={name: textwrap.dedent(text).encode() for name, text in test_files.items()},
        provided=settings.pop("provided", provided),
        program=settings.pop("program", next(iter(files))),
        reference=encoded(files),
        limits=limits,
        **settings,
    )


def encoded(files: str | dict[str, str]) -> dict[str, bytes]:
    files = files if isinstance(files, dict) else {"bank.py": files}
    return {name: textwrap.dedent(text).encode() for name, text in files.items()}


@pytest.fixture
def grade(engine):
    """Run a submission (or the reference itself) through tests, in a sandbox of its own."""

    def run(tests, reference, submission=None, transport="auto", **settings) -> Graded:
        suite = make_suite(tests, reference, **settings)
        with Sandbox(engine, suite, transport=transport) as sandbox:
            return Graded(sandbox.run(suite.reference if submission is None else encoded(submission)))

    return run
