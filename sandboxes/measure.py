"""Measure what tests cost: a submission against the reference, in turns, on identical sandboxes."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from types import MappingProxyType

from .attempts import Doubts
from .errors import JudgeEnded
from .guest.objects.changes import Change
from .proving import Changes
from .session import Session
from .suite import Test, TestRun

__all__ = ["Pair", "Plan", "Repetition", "Side", "measure"]

_chance = random.SystemRandom()


@dataclass(frozen=True)
class Plan:
    """Which tests one repetition measures.

    Attributes:
        both: Tests that are run on the submission and on the reference, a test that is run several times once for each.
        families: Tests of growth, by family: the smallest size first. Each family has containers of its own, so that
            nothing can be computed for one while another is measured.
    """

    both: Sequence[Test] = ()
    families: Sequence[Sequence[Test]] = ()


@dataclass(frozen=True)
class Side:
    """What one repetition cost one program.

    Attributes:
        cpu_time: Seconds of CPU by test, once for each time it was run.
        wall_time: Seconds by test, the same.
        memory: Bytes by test, the same: the peak above what the container held before the program was there, in the test
            or before it.
        outside: Seconds of CPU outside of the tests: importing the program, and threads that go on between tests.
        failed: Tests that did not pass.
    """

    cpu_time: Mapping[str, Sequence[float]]
    wall_time: Mapping[str, Sequence[float]]
    memory: Mapping[str, Sequence[int]]
    outside: float
    failed: frozenset[str]


@dataclass(frozen=True)
class Pair:
    """One run of both programs.

    Attributes:
        submission: Its costs.
        reference: Its costs.
    """

    submission: Side
    reference: Side


@dataclass(frozen=True)
class Repetition:
    """What one repetition cost.

    Attributes:
        both: The tests of ``Plan.both``, if there were any.
        families: Those of growth, by family. Of the reference all sizes where the tests name the class that it has,
            else the smallest one, to see what it takes to import a program.
    """

    both: Pair | None
    families: Mapping[str, Pair]


def measure(
    submission: Callable[[], Session],
    reference: Callable[[], Session],
    plan: Callable[[Sequence[Repetition]], Plan | None],
    quiet: Callable[[], AbstractContextManager[None]] = nullcontext,
    reference_goes_through: Callable[[int], bool] = lambda times: False,
    changes: Changes = MappingProxyType({}),
) -> list[Repetition]:
    """Run one plan after the other, each in fresh containers.

    Fresh ones, so that nothing is gained by remembering what was computed before. Tests run in turns, so that both programs
    meet the same weather on the machine. Tests that classes decide run again beside each repetition, with a change that
    they are not passed with elsewhere: who passes then lies while it is measured, as if there were no work to do.

    Args:
        submission: Makes a session of the submission.
        reference: Makes a session of the reference.
        plan: What to run next, from what is done; None when that is enough.
        quiet: Keeps disturbances of our own away during one.
        reference_goes_through: See ``Doubts``.
        changes: Of the tests, which the submission does not pass with them where nothing is measured.

    Raises:
        SandboxFailure: The grader could not do its work.
    """
    done: list[Repetition] = []
    blamed: list[bool] = []
    caught: set[str] = set()

    def goes_through(times: int) -> bool:
        blamed.append(reference_goes_through(times))
        return blamed[-1]

    def pair(number: int, ours: Sequence[Test], theirs: Sequence[Test], changed: Mapping[str, Change]) -> Pair:
        doubts = Doubts(goes_through)
        while True:
            turns = _Turns(submission(), ours, changed, may_be_blamed=True)
            others = _Turns(reference(), theirs)
            found = _pair(turns, others, reference_first=number % 2 == 1)
            # Who was found to kill itself does so in each repetition; that is not looked into again.
            if any(blamed) or doubts.are_settled(turns.doubtful | others.doubtful):
                caught.update(turns.passed_with_change)
                return found

    def measured(number: int, ours: Sequence[Test], theirs: Sequence[Test]) -> Pair:
        changed = {test.id: _chance.choice(changes[test.id]) for test in ours if changes.get(test.id)}
        runs = [{}, changed] if changed else [{}]
        # Nothing but the right answer tells the two from each other.
        return {bool(run): pair(number, ours, theirs, run) for run in _chance.sample(runs, len(runs))}[False]

    while (now := plan(done)) is not None:
        number = len(done)
        with quiet():
            both = measured(number, now.both, now.both) if now.both else None
            families = {
                _family(sizes): measured(number, _directed(sizes, number), _calibrating(sizes, number))
                for sizes in now.families
            }
            done.append(Repetition(both, families))
    return [_without(frozenset(caught), repetition) for repetition in done]


def _without(liars: frozenset[str], repetition: Repetition) -> Repetition:
    """A repetition in which these tests have failed."""

    def failed(pair: Pair) -> Pair:
        return replace(pair, submission=replace(pair.submission, failed=pair.submission.failed | liars))

    both = failed(repetition.both) if repetition.both is not None else None
    return Repetition(both, {name: failed(pair) for name, pair in repetition.families.items()})


def _directed(sizes: Sequence[Test], number: int) -> Sequence[Test]:
    """What a program remembers from one size to the next shows in one of the two directions."""
    return sizes if number % 2 == 0 else sizes[::-1]


def _calibrating(sizes: Sequence[Test], number: int) -> Sequence[Test]:
    known = sizes[0].scaling is not None and sizes[0].scaling.reference is not None
    return _directed(sizes, number) if known else sizes[:1]


def _family(sizes: Sequence[Test]) -> str:
    assert sizes[0].scaling is not None
    return sizes[0].scaling.family


def _pair(ours: _Turns, theirs: _Turns, reference_first: bool) -> Pair:
    waiting = [theirs, ours] if reference_first else [ours, theirs]
    try:
        while waiting:
            waiting = [turns for turns in waiting if turns.next()]
    finally:
        ours.end()
        theirs.end()
    return Pair(ours.side(), theirs.side())


class _Turns:
    """One program's tests, one at a time.

    Args:
        session: Runs the program.
        tests: In their order.
        changes: What is changed in them, if anything is.
        may_be_blamed: Whether the program is one that may end the process which judges it.
    """

    def __init__(
        self,
        session: Session,
        tests: Sequence[Test],
        changes: Mapping[str, Change] = MappingProxyType({}),
        may_be_blamed: bool = False,
    ) -> None:
        self._session = session
        self._may_be_blamed = may_be_blamed
        self._results = session.each(tests, changes)
        self._runs: list[TestRun] = []
        self._peaks: list[int] = []
        self._outside = 0.0
        self._ended: set[str] = set()

    def next(self) -> bool:
        """Run the next test; False if there is none, or none can be run any more."""
        try:
            run = next(self._results, None)
        except JudgeEnded as ended:
            # A program may bring this about, as it may kill itself. Of the reference, or with the whole examiner, it can't.
            if not self._may_be_blamed or self._session.examiner.lost:
                raise
            self._ended.add(ended.place)
            return False
        if run is not None:
            self._runs.append(run)
            self._peaks.append(max(run.peak_memory, self._session.peak_outside) - self._session.base.peak_memory)
            self._outside = self._session.outside
        return run is not None

    def end(self) -> None:
        self._results.close()

    @property
    def passed_with_change(self) -> set[str]:
        """The tests that it passed with a change."""
        reports = self._session.reports
        return {run.test.id for run, report in reports if report.change and report.made and run.outcome == "passed"}

    @property
    def doubtful(self) -> frozenset[str]:
        """Where something else may have ended the program."""
        return frozenset(self._session.doubtful | self._ended)

    def side(self) -> Side:
        """What it cost."""
        cpu: dict[str, list[float]] = {}
        wall: dict[str, list[float]] = {}
        memory: dict[str, list[int]] = {}
        for run, peak in zip(self._runs, self._peaks, strict=True):
            cpu.setdefault(run.test.id, []).append(run.cpu_time)
            wall.setdefault(run.test.id, []).append(run.wall_time)
            memory.setdefault(run.test.id, []).append(max(0, peak))
        return Side(
            cpu_time=cpu,
            wall_time=wall,
            memory=memory,
            outside=self._outside,
            failed=frozenset(run.test.id for run in self._runs if run.outcome != "passed"),
        )
