"""What all examinations have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from sandboxes.suite import Limits, Suite

from ..assignment import Assignment
from ..quality import inspection_for
from ..report import Measurements, TestResult

__all__ = ["Examination", "Examined", "suite_of"]


@dataclass(frozen=True)
class Examined:
    """What examining one submission gave.

    Attributes:
        tests: Results.
        measurements: What was measured beyond them.
        image: Digest of the image that the submission ran in.
        python: Version of its interpreter.
        wall_time: Seconds in the sandbox.
    """

    tests: tuple[TestResult, ...]
    measurements: Measurements
    image: str
    python: str
    wall_time: float


class Examination(Protocol):
    """Examines submissions to one assignment. Thread-safe."""

    @property
    def test_ids(self) -> list[str]:
        """Ids of the results that a submission may be expected to have, in their order."""
        ...

    @property
    def longest(self) -> float:
        """Seconds that one submission may take at most, if nothing has to be tried again."""
        ...

    def examine(self, files: Mapping[str, bytes], on_test: Callable[[TestResult], None]) -> Examined:
        """Examine one submission.

        Args:
            files: Content by relative path.
            on_test: Called with each result as soon as it is known; again from the start when a failure of the sandbox
                makes a second run necessary.

        Raises:
            SandboxFailure: The grader could not do its work.
        """
        ...

    def close(self) -> None:
        """Remove all containers."""
        ...


def suite_of(assignment: Assignment) -> Suite:
    """What the sandboxes need to know of an assignment."""
    limits = assignment.settings.limits
    return Suite(
        name=assignment.settings.id,
        tests=assignment.tests,
        provided=assignment.provided_modules,
        program=assignment.settings.submission.required[0],
        reference=assignment.folder("solutions/reference"),
        requirements=assignment.requirements,
        test_requirements=assignment.test_requirements,
        limits=Limits(limits.cpu_time, limits.memory, limits.processes, limits.output, limits.total_time),
        inspection=inspection_for(assignment.settings.criterion, assignment.settings.submission.required[0]),
        alternatives=tuple(assignment.folder(folder) for folder in assignment.right_solutions),
    )
