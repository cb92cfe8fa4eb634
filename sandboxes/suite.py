"""What a sandbox is given and what it gives back. Plain data, free of Docker and of scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .guest.objects.changes import Change

__all__ = ["Found", "Inspected", "Inspection", "Limits", "Outcome", "Run", "Scaling", "Suite", "Test", "TestRun"]

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
class Inspection:
    """What static tools look for in a submission's text.

    Attributes:
        rules: Prefixes of ruff's rules.
        ignore: Prefixes of those that are not looked for all the same.
        line_length: Characters.
        complexity: Cyclomatic complexity that a function may have (rule C901).
        layout: Whether the layout has to be that of ``ruff format``.
        types: Whether mypy checks types, strictly.
        program: The submission's main file, which is Python even if its name does not say so.
    """

    rules: tuple[str, ...]
    ignore: tuple[str, ...] = ()
    line_length: int = 100
    complexity: int = 10
    layout: bool = False
    types: bool = False
    program: str = ""


@dataclass(frozen=True)
class Found:
    """Something that a tool found.

    Attributes:
        rule: Which rule is broken.
        path: File.
        line: Counted from 1.
        message: What is wrong.
        address: Where the rule is explained.
        times: How many places it stands for: this one, and others that are not listed.
    """

    rule: str
    path: str
    line: int
    message: str
    address: str | None
    times: int = 1


@dataclass(frozen=True)
class Inspected:
    """What the tools found.

    Attributes:
        tools: With their versions.
        findings: By file and line.
        read: The files that they stand for.
    """

    tools: tuple[str, ...]
    findings: tuple[Found, ...]
    read: tuple[str, ...]


@dataclass(frozen=True)
class Suite:
    """The tests of one assignment version and what they need.

    Attributes:
        name: Short name, for labels.
        tests: Content of the test files by path relative to the assignment (``tests/hidden/test_bank.py``).
        provided: Top-level module names that are the submission's.
        program: The submission's main file, for the ``program`` fixture.
        reference: Files of the reference solution.
        alternatives: Files of other solutions that are right.
        requirements: Packages for learner code and tests (PEP 508, one a line), or ``""``.
        test_requirements: Packages for the tests alone, or ``""``.
        limits: See there.
        inspection: What static tools look for in submissions, if anything.
    """

    name: str
    tests: Mapping[str, bytes]
    provided: frozenset[str]
    program: str
    reference: Mapping[str, bytes]
    requirements: str = ""
    test_requirements: str = ""
    limits: Limits = field(default_factory=Limits)
    inspection: Inspection | None = None
    alternatives: tuple[Mapping[str, bytes], ...] = ()


@dataclass(frozen=True)
class Scaling:
    """A test's part in a family that is run at several sizes.

    Attributes:
        family: Id of the test without the size.
        size: Of the input, as the test's mark says.
        at_most: The class of growth that the test allows.
        reference: The class that the reference is known to have, if the test names it.
        vary: By which share of it the size differs, at most, from submission to submission.
    """

    family: str
    size: int
    at_most: str
    reference: str | None = None
    vary: float = 0.0


@dataclass(frozen=True)
class Test:
    """One test as it was collected with the reference solution.

    Attributes:
        id: pytest's node id, relative to the assignment.
        points: What it is worth.
        hint: What a learner reads who fails it.
        competencies: Names of competencies in its marks.
        skipped: Whether its own marks skip it, whatever the submission does.
        measures: Its marks ``efficiency`` and ``memory``: what it is meant to measure.
        scaling: Its place in a family of sizes, if it has one.
    """

    id: str
    points: float = 1.0
    hint: str | None = None
    competencies: tuple[str, ...] = ()
    skipped: bool = False
    measures: frozenset[str] = frozenset()
    scaling: Scaling | None = None

    @property
    def scope(self) -> str:
        """The name by which ``Contract`` knows it: all sizes of a test go by one."""
        return self.scaling.family if self.scaling else self.id


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
        awards: Partial credit that the test gave: shares of its points, and why.
    """

    test: Test
    outcome: Outcome
    message: str | None = None
    explanation: str | None = None
    stdout: str = ""
    cpu_time: float = 0.0
    wall_time: float = 0.0
    peak_memory: int = 0
    awards: tuple[tuple[float, str], ...] = ()

    @property
    def share(self) -> float:
        """The share of its points, from 0 to 1: a test that awards decides by that, the others give all or nothing."""
        return max((share for share, _reason in self.awards), default=1.0 if self.outcome == "passed" else 0.0)


@dataclass(frozen=True)
class Run:
    """What one submission's run through a suite gave.

    Attributes:
        tests: One for each test of the suite, in its order.
        image: Digest of the candidate's image.
        python: Version of the candidate's interpreter.
        wall_time: Seconds from the files' arrival in a sandbox to the last test's end.
        told: By test, the changes that it did not pass with, as is right; see ``proving``.
    """

    tests: tuple[TestRun, ...]
    image: str
    python: str
    wall_time: float
    told: Mapping[str, Sequence[Change]] = field(default_factory=dict)
