"""Measure what tests cost: a submission against the reference, in turns, on identical sandboxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from .session import Session
from .suite import Test, TestRun

__all__ = ["Plan", "Repetition", "Side", "measure"]


@dataclass(frozen=True)
class Plan:
    """Which tests one repetition measures.

    Attributes:
        both: Tests that are run on the submission and on the reference, a test that is run several times once for each.
        sizes: Tests of growth: of each family the smallest size first. Run on the reference too where the test names the
            class that it has.
    """

    both: Sequence[Test] = ()
    sizes: Sequence[Test] = ()


@dataclass(frozen=True)
class Side:
    """What one repetition cost one program.

    Attributes:
        cpu_time: Seconds of CPU by test, once for each time it was run.
        wall_time: Seconds by test, the same.
        memory: Bytes by test, the same: the peak above what the container held before the program was there.
        outside: Seconds of CPU outside of the tests of ``Plan.both``: importing the program, and threads that go on.
        failed: Tests that did not pass.
    """

    cpu_time: Mapping[str, Sequence[float]]
    wall_time: Mapping[str, Sequence[float]]
    memory: Mapping[str, Sequence[int]]
    outside: float
    failed: frozenset[str]


@dataclass(frozen=True)
class Repetition:
    """One run of both programs.

    Attributes:
        submission: Its costs.
        reference: Its costs.
    """

    submission: Side
    reference: Side


def measure(
    submission: Callable[[], Session],
    reference: Callable[[], Session],
    plan: Callable[[Sequence[Repetition]], Plan | None],
    quiet: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> list[Repetition]:
    """Run one plan after the other, each in fresh containers.

    Fresh ones, so that nothing is gained by remembering what was computed before. Tests run in turns, so that both programs
    meet the same weather on the machine.

    Args:
        submission: Makes a session of the submission.
        reference: Makes a session of the reference.
        plan: What to run next, from what is done; None when that is enough.
        quiet: Keeps disturbances of our own away during one.

    Raises:
        SandboxFailure: The grader could not do its work.
    """
    done: list[Repetition] = []
    while (now := plan(done)) is not None:
        number = len(done)
        # What a program remembers from one size to the next shows in one of the two directions.
        sizes = list(now.sizes) if number % 2 == 0 else list(reversed(now.sizes))
        with quiet():
            done.append(_repetition(submission(), reference(), now.both, sizes, reference_first=number % 2 == 1))
    return done


def _repetition(
    submission: Session, reference: Session, both: Sequence[Test], sizes: Sequence[Test], reference_first: bool
) -> Repetition:
    compared = [*both, *(test for test in sizes if test.scaling and test.scaling.reference)]
    ours = _Turns(submission, (*both, *sizes))
    theirs = _Turns(reference, compared)
    # Without tests to compare, the reference need not even start.
    waiting = [ours] if not compared else [theirs, ours] if reference_first else [ours, theirs]
    try:
        while waiting:
            waiting = [turns for turns in waiting if turns.next()]
    finally:
        ours.end()
        theirs.end()
    return Repetition(ours.side(len(both)), theirs.side(len(both)))


class _Turns:
    """One program's tests, one at a time."""

    def __init__(self, session: Session, tests: Sequence[Test]) -> None:
        self._session = session
        self._results = session.each(tests)
        self._runs: list[TestRun] = []
        self._used: list[float] = []

    def next(self) -> bool:
        """Run the next test; False if there is none."""
        run = next(self._results, None)
        if run is not None:
            self._runs.append(run)
            self._used.append(self._session.used.cpu_time - self._session.base.cpu_time)
        return run is not None

    def end(self) -> None:
        self._results.close()

    def side(self, counted: int) -> Side:
        """What it cost; use outside of tests counts among the first ``counted`` of them."""
        cpu: dict[str, list[float]] = {}
        wall: dict[str, list[float]] = {}
        memory: dict[str, list[int]] = {}
        for run in self._runs:
            cpu.setdefault(run.test.id, []).append(run.cpu_time)
            wall.setdefault(run.test.id, []).append(run.wall_time)
            memory.setdefault(run.test.id, []).append(max(0, run.peak_memory - self._session.base.peak_memory))
        inside = sum(run.cpu_time for run in self._runs[:counted])
        used = self._used[min(counted, len(self._used)) - 1] if self._used and counted else 0.0
        return Side(
            cpu_time=cpu,
            wall_time=wall,
            memory=memory,
            outside=max(0.0, used - inside),
            failed=frozenset(run.test.id for run in self._runs if run.outcome != "passed"),
        )
