"""Submissions of code: hidden tests are run on them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping

from sandboxes.engine import Engine
from sandboxes.errors import SuiteBroken
from sandboxes.links import Transport
from sandboxes.sandbox import Sandbox
from sandboxes.suite import TestRun

from ..assignment import Assignment
from ..errors import AssignmentError
from ..measuring import Measuring
from ..quality import check_rules
from ..report import Award, TestResult, Visibility
from ..scoring.score import competencies_of
from .base import Examined, suite_of

__all__ = ["CodeExamination"]


class CodeExamination:
    """See ``Examination``.

    Raises:
        AssignmentError: The tests can't be used even with the reference solution.
        SandboxFailure: The grader can't do its work here.
    """

    def __init__(
        self,
        assignment: Assignment,
        engine: Engine,
        parallel: int,
        transport: Transport,
        on_progress: Callable[[str], None],
    ) -> None:
        self._assignment = assignment
        try:
            self._sandbox = Sandbox(engine, suite_of(assignment), parallel, transport, on_progress)
        except SuiteBroken as broken:
            raise _unusable(assignment, broken) from None
        try:
            self._check_points()
            check_rules(assignment, self._sandbox.inspect)
            self._measuring = Measuring(self._sandbox, assignment)
        except BaseException:
            self.close()
            raise

    @property
    def test_ids(self) -> list[str]:
        return [test.id for test in self._sandbox.tests]

    @property
    def longest(self) -> float:
        # Another run for those that change what no right solution changes, and six that find out what was worked out.
        return (8 + self._measuring.runs) * self._assignment.settings.limits.total_time

    def examine(self, files: Mapping[str, bytes], on_test: Callable[[TestResult], None]) -> Examined:
        started = time.monotonic()
        run = self._sandbox.run(files, lambda test: on_test(self._result(test)))
        measurements = self._measuring.measure(files, run)
        return Examined(
            tests=tuple(self._result(test) for test in run.tests),
            measurements=measurements,
            image=run.image,
            python=run.python,
            wall_time=time.monotonic() - started,
        )

    def close(self) -> None:
        self._sandbox.close()

    def _result(self, run: TestRun) -> TestResult:
        test = run.test
        visibility: Visibility = "public" if test.id.startswith("tests/public/") else "hidden"
        passed = run.outcome == "passed"
        return TestResult(
            id=test.id,
            visibility=visibility,
            outcome=run.outcome,
            points=0.0 if test.skipped else round(test.points * run.share, 6),
            # What the tests themselves skip for everybody counts for nobody.
            max_points=0.0 if test.skipped else test.points,
            message=run.message,
            feedback=run.explanation,
            hint=None if passed else test.hint,
            cpu_time=round(run.cpu_time, 6),
            wall_time=round(run.wall_time, 6),
            peak_memory=run.peak_memory,
            stdout=run.stdout,
            competencies=competencies_of(test.id, test.competencies, self._assignment.settings.competency),
            marked=test.competencies,
            measures=tuple(sorted(test.measures)),
            family=test.scaling.family if test.scaling else None,
            awards=tuple(Award(share=share, reason=reason) for share, reason in run.awards),
        )

    def _check_points(self) -> None:
        for test in self._sandbox.tests:
            if not math.isfinite(test.points) or test.points < 0:
                path = self._assignment.root / test.id.partition("::")[0]
                raise AssignmentError(
                    path, f"{test.id.partition('::')[2]} is worth {test.points:g} points: it must be 0 or more"
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
