"""A pytest plugin that puts together what became of one test."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

import pytest

from .errors import BrokenModule

__all__ = ["EXPLANATION_LIMIT", "MESSAGE_LIMIT", "Results"]

MESSAGE_LIMIT = 4_000
EXPLANATION_LIMIT = 20_000
_ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
"""Where an object lies in memory: different each time, so that the same submission would get different reports."""


class Results:
    """Collects pytest's reports of the test that runs."""

    def __init__(self) -> None:
        self._reports: list[pytest.TestReport] = []
        self._found: dict[str, Any] = {}

    def clear(self) -> None:
        """Begin a test."""
        self._reports, self._found = [], {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        try:
            report = yield
        except pytest.exit.Exception:
            raise
        except BaseException as trouble:
            # A text of the program that ends it (__repr__), an xfail mark with a class that is missing: that is this test's.
            report = _plain_report(item, call, trouble)
        if call.excinfo is not None and "outcome" not in self._found:
            self._found = _explain(call.excinfo.value)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._reports.append(report)

    def summary(self, remark: str | None = None) -> dict[str, str | None]:
        """Outcome, message (with a ``remark``, if it failed), explanation and output of the test that has ended."""
        failed = [report for report in self._reports if report.failed]
        skipped = [report for report in self._reports if report.skipped]
        outcome = "passed"
        if failed:
            outcome = "failed" if any(report.when == "call" for report in failed) else "error"
        elif skipped:
            outcome = "skipped"
        if failed and "outcome" in self._found:
            outcome = self._found["outcome"]
        return {
            "outcome": outcome,
            "message": _with_remark(_message(failed or skipped, self._found), remark if failed else None),
            "explanation": _explanation(failed, self._found),
            "stdout": self._reports[-1].capstdout if self._reports else "",
        }


def _plain_report(item: pytest.Item, call: pytest.CallInfo[Any], trouble: BaseException) -> pytest.TestReport:
    """A report of a test that fails, for one that pytest can't make because of ``trouble``."""
    return pytest.TestReport(
        nodeid=item.nodeid,
        location=item.location,
        keywords={},
        outcome="failed",
        longrepr=_text(call.excinfo.value if call.excinfo is not None else trouble),
        when=call.when,  # type: ignore[arg-type]  # tests are reported here, not their collection
        sections=[(f"Captured {kind} {when}", content) for when, kind, content in item._report_sections],
        duration=call.duration,
        start=call.start,
        stop=call.stop,
    )


def _text(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except BaseException:
        return type(error).__name__


def _explain(error: BaseException) -> dict[str, Any]:
    """What the exception that ended a test says beyond pytest's own account."""
    found: dict[str, Any] = {"trace": vars(error).get("_grader_trace")}
    if isinstance(error, BrokenModule):
        found |= {"outcome": error.outcome, "message": str(error)}
    elif isinstance(error, MemoryError) and found["trace"]:
        found |= {"outcome": "out_of_memory", "message": "the program asked for more memory than there is"}
    return found


def _explanation(failed: list[pytest.TestReport], found: dict[str, Any]) -> str:
    texts = [found.get("trace"), *(report.longreprtext for report in failed)]
    return _ADDRESS.sub("", "\n\n".join(filter(None, texts)))[:EXPLANATION_LIMIT]


def _message(reports: list[pytest.TestReport], found: dict[str, Any]) -> str | None:
    if "message" in found:
        return str(found["message"])[:MESSAGE_LIMIT]
    if not reports:
        return None
    report = reports[0]
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])[:MESSAGE_LIMIT]
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash is not None else report.longreprtext
    where = _place(found.get("trace"))
    return _ADDRESS.sub("", text + (f"\n({where})" if where else ""))[:MESSAGE_LIMIT]


def _with_remark(message: str | None, remark: str | None) -> str | None:
    return message if not remark or message is None else f"{message[: MESSAGE_LIMIT - len(remark) - 1]}\n{remark}"


def _place(trace: str | None) -> str | None:
    """The last place in the learner's code that a traceback names: ``bank.py, line 3, in withdraw``."""
    lines = [line.strip() for line in (trace or "").splitlines() if line.startswith('  File "')]
    return lines[-1].removeprefix("File ").replace('"', "") if lines else None
