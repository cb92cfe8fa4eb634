"""What a sandbox is given and what it gives back. Plain data, free of Docker and of scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Limits", "Outcome", "Run", "Suite", "Test", "TestRun"]

Outcome = Literal["passed", "failed", "error", "timed_out", "out_of_memory", "crashed", "skipped"]


@dataclass(frozen=True)
class Limits:
    """What one test may use.

    Attributes:
        cpu_time: Seconds of CPU, counted by the kernel.
        memory: Bytes, of the whole candidate.
        processes: Processes and threads at once.
        output: Bytes printed.
        total_time: Seconds of wall clock for all tests together.
    """

    cpu_time: float = 2.0
    memory: int = 256 * 1024 * 1024
    processes: int = 64
    output: int = 1024 * 1024
    total_time: float = 60.0

    @property
    def stall_time(self) -> float:
        """Seconds that the learner's code may keep a test waiting without using the CPU (a deadlock, a sleep)."""
        return 5.0 + 2.0 * self.cpu_time


@dataclass(frozen=True)
class Suite:
    """The tests of one assignment version and what they need.

    Attributes:
        name: Short name, for labels.
        tests: Content of the test files by path relative to the assignment (``tests/hidden/test_bank.py``).
        provided: Top-level module names that are the submission's.
        program: The submission's main file, for the ``program`` fixture.
        reference: Files of the reference solution.
        requirements: Text of the requirements file for learner code and tests, or ``""``.
        test_requirements: Text of the requirements file for the tests alone, or ``""``.
        limits: See there.
    """

    name: str
    tests: Mapping[str, bytes]
    provided: frozenset[str]
    program: str
    reference: Mapping[str, bytes]
    requirements: str = ""
    test_requirements: str = ""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Test:
    """One test as it was collected with the reference solution.

    Attributes:
        id: pytest's node id, relative to the assignment.
        points: What it is worth.
        hint: What a learner reads who fails it.
        competencies: Names of competencies in its marks.
        skipped: Whether its own marks skip it, whatever the submission does.
    """

    id: str
    points: float = 1.0
    hint: str | None = None
    competencies: tuple[str, ...] = ()
    skipped: bool = False


@dataclass(frozen=True)
class TestRun:
    """What became of one test.

    Attributes:
        test: Which.
        outcome: See ``Outcome``.
        message: What went wrong, in a few lines.
        explanation: The learner's traceback and pytest's account, with the test's source.
        stdout: What was printed.
        cpu_time: Seconds of CPU that the candidate used.
        wall_time: Seconds from start to end.
        peak_memory: Bytes, the most that the candidate held.
    """

    test: Test
    outcome: Outcome
    message: str | None = None
    explanation: str | None = None
    stdout: str = ""
    cpu_time: float = 0.0
    wall_time: float = 0.0
    peak_memory: int = 0


@dataclass(frozen=True)
class Run:
    """What one submission's run through a suite gave.

    Attributes:
        tests: One for each test of the suite, in its order.
        image: Digest of the candidate's image.
        python: Version of the candidate's interpreter.
        wall_time: Seconds from the files' arrival in a sandbox to the last test's end.
    """

    tests: tuple[TestRun, ...]
    image: str
    python: str
    wall_time: float
