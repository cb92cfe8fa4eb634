"""Check an assignment: does it measure what it should?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from .assignment import Assignment
from .assignment.model import Solution
from .errors import SubmissionRejected
from .grading import Grader
from .patterns import test_matches
from .reading_tests import copied_tests, lost_tests, misspelt_marks, running_tests
from .report import Report
from .scoring.criteria.growth import verdict_on
from .submission import Submission, read_submission, submission_of

__all__ = ["Finding", "check_assignment"]

_SHORT = 0.03
"""Seconds of the reference below which CPU times are hardly comparable."""
_SMALL = 4 * 2**20
"""Bytes of the reference below which peaks are hardly comparable."""


@dataclass(frozen=True)
class Finding:
    """One thing that was checked.

    Attributes:
        title: What.
        good: Whether it holds.
        detail: What was found, and what to do if it does not hold.
    """

    title: str
    good: bool
    detail: str = ""


def check_assignment(assignment: Assignment, grader: Grader, parallel: int = 1) -> Iterator[Finding]:
    """Check everything that can be checked, one finding after the other."""
    yield from _static_findings(assignment, grader)
    declared = {solution.path: solution for solution in assignment.settings.solution}
    names = [name for name in assignment.solutions if name != "reference"]
    with ThreadPoolExecutor(parallel) as pool:
        reference = pool.submit(_grade, assignment, grader, "solutions/reference")
        starter = pool.submit(_grade, assignment, grader, "starter") if assignment.folder("starter") else None
        others = {name: pool.submit(_grade, assignment, grader, f"solutions/{name}") for name in names}
        yield _reference_finding(reference.result())
        yield from _limit_findings(reference.result(), assignment.settings.limits.cpu_time)
        yield from _measurement_findings(reference.result())
        if starter is None:
            yield Finding("starter", False, "there is no starter/ folder: learners have nothing to begin with")
        else:
            yield _starter_finding(starter.result())
        for name, graded in others.items():
            if name in declared:
                yield from _solution_findings(declared[name], graded.result())
            else:
                yield Finding(f"solution {name}", False, "declares no expectation: add a [[solution]] with its path")


def _grade(assignment: Assignment, grader: Grader, folder: str) -> Report | SubmissionRejected:
    rules = assignment.settings.submission
    try:
        if folder == "starter":
            # What learners get but don't hand in is left out, as 'submit' does.
            files = {path: data for path, data in assignment.folder(folder).items() if rules.accepts(path)}
            submission = submission_of(folder, files, rules)
        else:
            submission = read_submission(assignment.root / folder, rules)
    except SubmissionRejected as rejected:
        return rejected
    return grader.grade(Submission(folder, submission.files, submission.digest))


def _static_findings(assignment: Assignment, grader: Grader) -> Iterator[Finding]:
    if assignment.settings.kind == "code":
        copies = list(copied_tests(assignment.folder("tests/public"), assignment.folder("tests/hidden")))
        yield Finding(
            "hidden tests differ from public ones",
            not copies,
            f"also public, so learners know them: {', '.join(copies)}" if copies else "",
        )
    if lost := list(lost_tests(assignment.tests)):
        yield Finding("each test has a name of its own", False, f"{', '.join(lost)}: Python keeps the last of them only")
    if misspelt := list(misspelt_marks(assignment.tests)):
        yield Finding("marks are spelt right", False, "; ".join(misspelt))
    if running := list(running_tests(assignment.tests)):
        detail = f"{', '.join(running)}: what a submission gives there runs beside the tests, and can read and replace them"
        yield Finding("tests run no text of submissions", False, detail)
    for competency in assignment.settings.competency:
        unmatched = [p for p in competency.tests if not any(test_matches(one, [p]) for one in grader.test_ids)]
        if unmatched:
            yield Finding(f"competency {competency.id}", False, f"no test matches {', '.join(unmatched)}")
    if not assignment.files.get("README.md", b"").strip():
        yield Finding("statement", False, "README.md is missing or empty: learners don't know what to do")


def _reference_finding(graded: Report | SubmissionRejected) -> Finding:
    title = "reference gets full marks"
    if isinstance(graded, SubmissionRejected) or graded.status != "graded":
        return Finding(title, False, _not_graded(graded))
    assert graded.score is not None
    assert graded.max_score is not None
    if graded.score >= graded.max_score and all(test.outcome in ("passed", "skipped") for test in graded.tests):
        return Finding(title, True, f"{graded.score:g} of {graded.max_score:g}, {len(graded.tests)} tests")
    return Finding(title, False, f"{graded.score:g} of {graded.max_score:g}: {_failures(graded)}")


def _limit_findings(graded: Report | SubmissionRejected, limit: float) -> Iterator[Finding]:
    slow = [test for test in graded.tests if test.cpu_time > limit / 2] if isinstance(graded, Report) else []
    for test in slow:
        detail = (
            f"the reference computes for {test.cpu_time:.2g} s of the {limit:g} s in {test.id.partition('::')[2]}: "
            f"right solutions may run out of time, so raise limits.cpu_time"
        )
        yield Finding("time limit", False, detail)


def _measurement_findings(graded: Report | SubmissionRejected) -> Iterator[Finding]:
    """Whether there is enough to measure: the same noise is a large part of a small cost."""
    if not isinstance(graded, Report):
        return
    found = graded.measurements
    if found.cpu_time:
        seconds = math.fsum(min(min(runs) for runs in cost.reference) for cost in found.cpu_time)
        detail = f"the reference computes for {1000 * seconds:.0f} ms in the measured tests together"
        larger = f", which is too short to compare well: give them larger inputs, for {1000 * _SHORT:.0f} ms or more"
        yield Finding("efficiency can be measured", seconds >= _SHORT, detail + (larger if seconds < _SHORT else ""))
    if found.memory:
        peak = max(min(min(runs) for runs in cost.reference) for cost in found.memory)
        detail = f"the reference's peak is {peak / 2**20:.1f} MiB in the measured tests"
        larger = f", too little to compare well: give them larger inputs, for {_SMALL / 2**20:.0f} MiB or more"
        yield Finding("memory can be measured", peak >= _SMALL, detail + (larger if peak < _SMALL else ""))
    for growth in found.growth:
        verdict = verdict_on(growth)
        name = growth.test.partition("::")[2]
        if verdict.elsewhere:
            detail = f"the reference computes {verdict.elsewhere:.2f} s at one size for others"
            yield Finding(f"growth of {name}", False, f"{detail}: how it grows can't be told")
        elif verdict.found is None:
            detail = f"nothing can be told of the reference ({1000 * verdict.times[-1]:.1f} ms at the largest size)"
            yield Finding(f"growth of {name}", False, f"{detail}: give it larger sizes, farther apart")
        else:
            detail = f"the reference {verdict}; {growth.at_most} is allowed"
            yield Finding(f"growth of {name}", not verdict.exceeds, detail)


def _starter_finding(graded: Report | SubmissionRejected) -> Finding:
    title = "starter does not"
    if isinstance(graded, SubmissionRejected):
        return Finding(title, True, f"it is rejected: {graded}")
    if graded.status != "graded":
        return Finding(title, False, _not_graded(graded))
    good = graded.score != graded.max_score
    return Finding(title, good, f"{graded.score:g} of {graded.max_score:g}")


def _solution_findings(expected: Solution, graded: Report | SubmissionRejected) -> Iterator[Finding]:
    title = f"solution {expected.path}"
    if isinstance(graded, SubmissionRejected) or graded.status != "graded":
        yield Finding(title, False, _not_graded(graded))
        return
    assert graded.score is not None
    assert graded.max_score
    percent = 100 * graded.score / graded.max_score
    problems = list(_deviations(expected, graded, percent))
    yield Finding(title, not problems, "; ".join(problems) or f"{percent:.4g} %, as declared")


def _deviations(expected: Solution, graded: Report, percent: float) -> Iterator[str]:
    if expected.score and expected.score.below is not None and percent >= expected.score.below:
        yield f"gets {percent:.4g} %, should get below {expected.score.below:g} %"
    if expected.score and expected.score.at_least is not None and percent < expected.score.at_least:
        yield f"gets {percent:.4g} %, should get at least {expected.score.at_least:g} %: {_failures(graded)}"
    for patterns, should_pass in ((expected.fails, False), (expected.passes, True)):
        for pattern in patterns:
            matched = [test for test in graded.tests if test_matches(test.id, [pattern])]
            if not matched:
                yield f"no test matches {pattern!r}"
            for test in matched:
                if (test.outcome == "passed") != should_pass:
                    yield f"{test.id.rpartition('::')[2]} {test.outcome}, should {'' if should_pass else 'not '}pass"


def _failures(graded: Report) -> str:
    failed = [test for test in graded.tests if test.outcome not in ("passed", "skipped")]
    shown = [f"{test.id.partition('::')[2]} {test.outcome} ({_first_line(test.message)})" for test in failed[:3]]
    if len(failed) > 3:
        shown.append(f"{len(failed) - 3} more")
    lines = [f"{line.name or line.kind}: {line.detail}" for line in graded.criteria if line.score < line.max_score]
    return "; ".join([*shown, *lines])


def _first_line(text: str | None) -> str:
    return text.strip().splitlines()[0] if text and text.strip() else "no message"


def _not_graded(graded: Report | SubmissionRejected) -> str:
    return f"is rejected: {graded}" if isinstance(graded, SubmissionRejected) else f"could not be graded: {graded.reason}"
