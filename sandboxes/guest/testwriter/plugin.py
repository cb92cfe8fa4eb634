"""The pytest plugin that tells which tests a learner wrote, when each begins and what became of it."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Generator

import pytest

from ..examiner.connection import Surroundings
from ..examiner.results import EXPLANATION_LIMIT, Results
from ..objects.peer import Peer

__all__ = ["ReportingPlugin"]

_OUTPUT = 16 * 1024
_MOST_ERRORS = 99
_LONGEST = 300
"""Characters of a test's name."""


class ReportingPlugin:
    """Hooks of one run.

    Args:
        link: The connection to the program under test.
        surroundings: See there.
        results: What became of the test that runs.
    """

    def __init__(self, link: Peer, surroundings: Surroundings, results: Results) -> None:
        self._link = link
        self._surroundings = surroundings
        self._results = results
        self._errors: dict[str, str] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and len(self._errors) < _MOST_ERRORS:
            self._errors[report.nodeid] = report.longreprtext[:EXPLANATION_LIMIT]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        tests = [_name(item) for item in session.items]
        # pytest comes by here as well when something like sys.exit() in a file ends it.
        if (ending := sys.exc_info()[1]) is not None:
            self._errors["tests"] = f"{type(ending).__name__}: {ending}"
        if not self._link.request("collected", {"tests": tests, "errors": self._errors}):
            pytest.exit("no tests are wanted")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        if not self._link.request("started", _name(item)):
            pytest.exit("no more tests are wanted")
        self._results.clear()
        self._surroundings.start_test()
        result = yield
        summary = self._results.summary()
        summary["stdout"] = (summary["stdout"] or "")[:_OUTPUT]
        if not self._link.request("finished", {"id": _name(item), **summary}):
            pytest.exit("no more tests are wanted")
        return result


def _name(item: pytest.Item) -> str:
    """The id of a test; shortened where parameters make it very long, and still the same for each program."""
    if len(item.nodeid) <= _LONGEST:
        return item.nodeid
    digest = hashlib.sha256(item.nodeid.encode(errors="surrogatepass")).hexdigest()[:12]
    return f"{item.nodeid[: _LONGEST - 14]}… {digest}"
