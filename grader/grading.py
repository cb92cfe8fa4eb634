"""Grade submissions: from an assignment and files to a report. Where the domain and the sandboxes meet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import TracebackType

from sandboxes.engine import Engine
from sandboxes.errors import SandboxFailure
from sandboxes.links import Transport

from . import __version__
from .assignment import Assignment
from .examinations import CodeExamination, Examination, WritingExamination
from .examinations.telling import Telling
from .report import (
    AssignmentName,
    Environment,
    Report,
    Status,
    SubmissionName,
    TestResult,
    Timing,
    now,
)
from .scoring import score_evidence
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
        kind = WritingExamination if assignment.settings.kind == "test-writing" else CodeExamination
        self._examination: Examination = kind(assignment, engine, parallel, transport, on_progress)

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Remove all containers."""
        self._examination.close()

    def abandon(self) -> None:
        """Close when the engine is gone: containers that can't be removed now are swept up later."""
        try:
            self.close()
        except SandboxFailure:
            pass

    @property
    def test_ids(self) -> list[str]:
        """Ids of the results that a submission may be expected to have, in their order."""
        return self._examination.test_ids

    @property
    def longest(self) -> float:
        """Seconds that one submission may take at most, if nothing has to be tried again."""
        return self._examination.longest

    def grade(self, submission: Submission, on_test: Callable[[TestResult], None] = lambda test: None) -> Report:
        """Grade one submission. A failure of the grader's own becomes a report with status ``failed``.

        Args:
            submission: What was handed in.
            on_test: Called with each test's result as soon as it is known; again from the start when a failure of the
                sandbox makes a second run necessary. It is called in another thread, and nobody waits for it but at the end.
        """
        started = now()
        try:
            with Telling(on_test) as telling:
                examined = self._examination.examine(submission.files, telling.tell)
        except SandboxFailure as failure:
            return _without_score(self.assignment, submission.name, submission.digest, "failed", str(failure), started)
        score = score_evidence(examined.tests, examined.measurements, self.assignment.settings)
        return Report(
            assignment=self._name,
            submission=SubmissionName(name=submission.name, digest=submission.digest),
            status="graded",
            score=score.score,
            max_score=score.max_score,
            criteria=score.criteria,
            competencies=score.competencies,
            tests=examined.tests,
            measurements=examined.measurements,
            environment=Environment(grader=__version__, image=examined.image, python=examined.python),
            timing=Timing(started=started, finished=now(), wall_time=round(examined.wall_time, 6)),
        )


def name_of(assignment: Assignment) -> AssignmentName:
    """How reports name an assignment."""
    settings = assignment.settings
    return AssignmentName(id=settings.id, kind=settings.kind, version=assignment.version, suite=assignment.suite)


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
