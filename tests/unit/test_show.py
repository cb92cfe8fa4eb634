"""What a person sees in a terminal."""

import io

from rich.console import Console

from grader.cli.show import show_report, show_table
from grader.cli.text import plain
from grader.report import AssignmentName, CriterionResult, Environment, Report, SubmissionName, TestResult, Timing, now

EVIL = "\x1b]0;owned\x07\x1b[2J[red]not markup[/red]\x9b31m"


def report(**changes):
    tests = (
        TestResult(
            id=f"tests/hidden/test_x.py::test_a[{EVIL}]", visibility="hidden", outcome="crashed", points=0, max_points=2,
            message=EVIL + "\nline two\n" * 20, hint="[b]think[/b]",
        ),
    )  # fmt: skip
    values = {
        "assignment": AssignmentName(id="a", version="v"), "submission": SubmissionName(name=EVIL, digest=None), "status": "graded",
        "score": 33.333, "max_score": 100.0, "tests": tests, "environment": Environment(grader="0", image=None, python="3.11"),
        "criteria": (CriterionResult(kind="tests", weight=100, score=33.333, max_score=100, detail="0 of 1 tests"),),
        "timing": Timing(started=now(), finished=now(), wall_time=0.1),
    }  # fmt: skip
    return Report(**{**values, **changes})


def shown(function, argument):
    stream = io.StringIO()
    function(Console(file=stream, force_terminal=True, width=100, color_system=None), argument, "Title [x]")
    return stream.getvalue()


def test_a_submission_can_not_steer_the_terminal():
    for text in (shown(show_report, report()), shown(show_table, [report(), report(status="rejected", reason=EVIL)])):
        assert "\x1b]" not in text
        assert "\x1b[2J" not in text
        assert "\x07" not in text
        assert "\x9b" not in text
        assert "[red]not markup[/red]" in text


def test_long_messages_are_cut_and_hints_shown():
    text = shown(show_report, report())
    assert "more lines" in text
    assert "hint: [b]think[/b]" in text
    assert "33.33 of 100" in text
    assert "crashed" in text


def test_plain_keeps_lines_and_tabs():
    assert plain("a\n\tb\x00") == "a\n\tb\ufffd"
