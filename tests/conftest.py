"""Real sandboxes for the tests that are about them. Without an engine they fail, and say what to do."""

from __future__ import annotations

import re
import textwrap

import pytest
from xdist.scheduler import LoadScopeScheduling

from sandboxes.engine import Engine
from sandboxes.sandbox import Sandbox
from sandboxes.suite import Limits, Run, Suite, TestRun

SHARES_NOTHING = "tests/e2e/test_endurance.py"
BY_TRANSPORT = "tests/hostile/catalogue/test_submissions.py"


class ByFile(LoadScopeScheduling):
    """Tests of one file run in one process, one after the other, since they share what takes long to set up.

    But for those that share nothing, and those over several transports, each of which has a setup of its own.
    """

    def _split_scope(self, nodeid):
        path, _colons, test = nodeid.partition("::")
        if path == SHARES_NOTHING:
            return nodeid
        transport = re.search(r"\[(socket|stream)-", test) if path == BY_TRANSPORT else None
        return path + (transport[1] if transport else "")


def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log) if config.getoption("dist") == "loadscope" else None


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
