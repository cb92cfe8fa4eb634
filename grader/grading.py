"""Grade submissions: from an assignment and files to a report. Where the domain and the sandboxes meet."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from types import TracebackType

from sandboxes.engine import Engine
from sandboxes.errors import SandboxFailure, SuiteBroken
from sandboxes.links import Transport
from sandboxes.sandbox import Sandbox
from sandboxes.suite import Limits, Run, Suite, TestRun

from . import __version__
from .assignment import Assignment
from .errors import AssignmentError
from .measuring import Measuring, inspection_for
from .report import (
    AssignmentName,
    Award,
    Environment,
    Measurements,
    Report,
    Status,
    SubmissionName,
    TestResult,
    Timing,
    Visibility,
    now,
)
from .scoring import score_evidence
from .scoring.score import competencies_of
from .submission import Submission

__all__ = ["Grader", "name_of", "rejection"]


class Grader:
    """Grades submissions for one assignment. Thread-safe; a context manager that removes its containers.

    Args:
        assignment: The assignment.
        engine: Where containers run.
        parallel: Submissions at once.
        transport: How containers are reached (see ``sandboxes.links``).
        on_progress: Called with a line when something takes long.

    Raises:
        AssignmentError: The tests can't be used even with the reference solution.
        SandboxFailure: The grader can't do its work here.
    """

    def __init__(
        self,
        assignment: Assignment,
        engine: Engine,
        parallel: int = 1,
        transport: Transport = "auto",
        on_progress: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.assignment = assignment
        self._name = name_of(assignment)
        try:
            self._sandbox = Sandbox(engine, suite_of(assignment), parallel, transport, on_progress)
        except SuiteBroken as broken:
            raise _unusable(assignment, broken) from None
        try:
            self._check_points()
            self._measuring = Measuring(self._sandbox, assignment)
        except AssignmentError:
            self.close()
            raise

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Remove all containers."""
        self._sandbox.close()

    def abandon(self) -> None:
        """Close when the engine is gone: containers that can't be removed now are swept up later."""
        try:
            self.close()
        except SandboxFailure:
            pass

    @property
    def test_ids(self) -> list[str]:
        """Ids of all tests, in their order."""
        return [test.id for test in self._sandbox.tests]

    def grade(self, submission: Submission, on_test: Callable[[TestResult], None] = lambda test: None) -> Report:
        """Grade one submission. A failure of the grader's own becomes a report with status ``failed``.

        Args:
            submission: What was handed in.
            on_test: Called with each test's result as soon as it is known; again from the start when a failure of the
                sandbox makes a second run necessary.
        """
        started = now()
        try:
            run = self._sandbox.run(submission.files, lambda test: on_test(self._result(test)))
            measurements = self._measuring.measure(submission.files, run)
        except SandboxFailure as failure:
            return _without_score(self.assignment, submission.name, submission.digest, "failed", str(failure), started)
        return self._report(submission, run, measurements, started)

    def _report(self, submission: Submission, run: Run, measurements: Measurements, started: datetime) -> Report:
        settings = self.assignment.settings
        tests = tuple(self._result(test) for test in run.tests)
        score = score_evidence(tests, measurements, settings)
        return Report(
            assignment=self._name,
            submission=SubmissionName(name=submission.name, digest=submission.digest),
            status="graded",
            score=score.score,
            max_score=score.max_score,
            criteria=score.criteria,
            competencies=score.competencies,
            tests=tests,
            measurements=measurements,
            environment=Environment(grader=__version__, image=run.image, python=run.python),
            timing=Timing(started=started, finished=now(), wall_time=round(run.wall_time, 6)),
        )

    def _result(self, run: TestRun) -> TestResult:
        test = run.test
        visibility: Visibility = "public" if test.id.startswith("tests/public/") else "hidden"
        passed = run.outcome == "passed"
        # A test that awards decides by that; the others give all or nothing.
        share = max((share for share, _reason in run.awards), default=1.0 if passed else 0.0)
        return TestResult(
            id=test.id,
            visibility=visibility,
            outcome=run.outcome,
            points=0.0 if test.skipped else round(test.points * share, 6),
            # What the tests themselves skip for everybody counts for nobody.
            max_points=0.0 if test.skipped else test.points,
            message=run.message,
            feedback=run.explanation,
            hint=None if passed else test.hint,
            cpu_time=round(run.cpu_time, 6),
            wall_time=round(run.wall_time, 6),
            peak_memory=run.peak_memory,
            stdout=run.stdout,
            competencies=competencies_of(test.id, test.competencies, self.assignment.settings.competency),
            marked=test.competencies,
            measures=tuple(sorted(test.measures)),
            family=test.scaling.family if test.scaling else None,
            awards=tuple(Award(share=share, reason=reason) for share, reason in run.awards),
        )

    def _check_points(self) -> None:
        for test in self._sandbox.tests:
            if not math.isfinite(test.points) or test.points < 0:
                path = self.assignment.root / test.id.partition("::")[0]
                raise AssignmentError(
                    path, f"{test.id.partition('::')[2]} is worth {test.points:g} points: it must be 0 or more"
                )


def name_of(assignment: Assignment) -> AssignmentName:
    """How reports name an assignment."""
    return AssignmentName(id=assignment.settings.id, version=assignment.version, suite=assignment.suite)


def rejection(assignment: Assignment, name: str, reason: str) -> Report:
    """The report for a submission that is not acceptable."""
    return _without_score(assignment, name, None, "rejected", reason, now())


def _without_score(
    assignment: Assignment, name: str, digest: str | None, status: Status, reason: str, started: datetime
) -> Report:
    finished = now()
    return Report(
        assignment=name_of(assignment),
        submission=SubmissionName(name=name, digest=digest),
        status=status,
        reason=reason,
        environment=Environment(grader=__version__, image=None, python=None),
        timing=Timing(started=started, finished=finished, wall_time=(finished - started).total_seconds()),
    )


def suite_of(assignment: Assignment) -> Suite:
    """What the sandboxes need to know of an assignment."""
    limits = assignment.settings.limits
    return Suite(
        name=assignment.settings.id,
        tests=assignment.tests,
        provided=assignment.provided_modules,
        program=assignment.settings.submission.required[0],
        reference=assignment.folder("solutions/reference"),
        requirements=assignment.text("requirements.txt"),
        test_requirements=assignment.text("tests/requirements.txt"),
        limits=Limits(limits.cpu_time, limits.memory, limits.processes, limits.output, limits.total_time),
        inspection=inspection_for(assignment.settings.criterion),
    )


def _unusable(assignment: Assignment, broken: SuiteBroken) -> AssignmentError:
    for path, text in broken.errors.items():
        reasons = [line.removeprefix("E").strip() for line in text.splitlines() if line.startswith("E ")]
        places = [line for line in text.splitlines() if line.startswith("tests/")]
        advice = (
            "\n(packages that only the tests need are named in tests/requirements.txt)"
            if any("No module named" in reason for reason in reasons)
            else ""
        )
        account = "\n".join([*places[-1:], *(reasons or text.strip().splitlines()[-1:])])
        return AssignmentError(
            assignment.root / path, f"can't be loaded even with the reference solution:\n{account}{advice}"
        )
    return AssignmentError(assignment.root / "tests" / "hidden", "has no tests that pytest finds")
