"""Reports as JUnit XML, for tools that show test results."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from .plain_text import plain
from .report import Report, TestResult

__all__ = ["to_junit"]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(reports: Iterable[Report]) -> str:
    """One ``testsuite`` for each report; a submission that was not graded is one with an error."""
    root = ET.Element("testsuites")
    for report in reports:
        root.append(_suite(report))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(report: Report) -> ET.Element:
    failures = sum(test.outcome == "failed" for test in report.tests)
    skipped = sum(test.outcome == "skipped" for test in report.tests)
    passed = sum(test.outcome == "passed" for test in report.tests)
    errors = len(report.tests) - failures - skipped - passed + (report.status != "graded")
    suite = ET.Element(
        "testsuite",
        name=_clean(f"{report.assignment.id}: {report.submission.name}"),
        tests=str(len(report.tests) + (report.status != "graded")),
        failures=str(failures),
        errors=str(errors),
        skipped=str(skipped),
        time=f"{report.timing.wall_time:.6f}",
        timestamp=report.timing.started.isoformat(),
    )
    if report.status != "graded":
        case = ET.SubElement(suite, "testcase", classname=report.assignment.id, name=report.status, time="0")
        ET.SubElement(case, "error", type=report.status, message=_clean(report.reason or ""))
    for test in report.tests:
        suite.append(_case(test))
    return suite


def _case(test: TestResult) -> ET.Element:
    path, _, name = test.id.partition("::")
    case = ET.Element("testcase", classname=_clean(path), name=_clean(name), time=f"{test.wall_time:.6f}")
    if test.outcome == "skipped":
        ET.SubElement(case, "skipped", message=_clean(test.message or ""))
    elif test.outcome != "passed":
        kind = "failure" if test.outcome == "failed" else "error"
        element = ET.SubElement(case, kind, type=test.outcome, message=_clean(test.message or ""))
        element.text = _clean(test.feedback or "")
    if test.stdout:
        ET.SubElement(case, "system-out").text = _clean(test.stdout)
    return case


def _clean(text: str) -> str:
    """The text without characters that XML can't hold, or that steer whatever shows it."""
    return _NOT_XML.sub("\ufffd", plain(text))
