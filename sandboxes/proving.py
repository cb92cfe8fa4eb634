"""Whether what a submission's classes say was worked out: tests that they decided are run again, some with a change.

Each of them runs in two more processes, as it is in one and changed in the other, in an order by chance. Nothing there
tells which is which but what the right answer is: who says yes without knowing it passes a test that nobody passes, and who
says no fails one that it had passed. What that leaves in doubt is looked into in more.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from .guest.objects.changes import NOTE, TRY, Change, Report
from .session import Round
from .suite import Test, TestRun

__all__ = ["Changes", "Results", "changes_of", "prove", "to_try", "without"]

Changes = Mapping[str, Sequence[Change]]
"""By test that passes on a yes of the submission's classes: changes with which no right solution passes, if any."""
Results = Iterable[tuple[TestRun, Report]]
"""Of tests that were run again, in their order."""
_TRIED = 16
"""Changes of a test that are tried at most."""
_RUNS, _FIRST, _FIRST_OF_FEW, _FEW = 6, 2, 4, 6
"""Runs of a test at most, and at least; at least if there are few such tests, where luck helps; how many are few."""
_MOVED, _EXCHANGED, _FAILED, _ENOUGH = 1, 2, 2, 3
"""What weighs against a result: passing with a value that is moved, which may be one that no test would have; with one that
the tests have elsewhere; failing as it is; and what is enough.
"""
_OFTEN = 3
"""If one of so many tests was not earned, and not a single one alone, none of them was."""
_CHANGED = (
    "an object says yes (==, < or in) to what differs: this test passes as well with a value changed so that no solution "
    "passes it that is known to be right"
)
_OTHERWISE = "it passed at first, and not when it was run again"
_ALL = "most of what its objects say in tests like this one can't be believed"
_chance = random.SystemRandom()


def to_try(tests: Iterable[Test]) -> list[Round]:
    """What a right solution is run with to find changes of these tests."""
    return [Round(test, change) for test in tests for change in (NOTE, *[TRY] * _TRIED)]


def changes_of(results: Results) -> Changes:
    """The changes with which a right solution passed only since its answers were turned; see ``altering``."""
    found: dict[str, list[Change]] = {}
    for run, report in results:
        if run.outcome != "passed" or not report.turned:
            continue
        if report.change is None:
            found[run.test.id] = []
        elif run.test.id in found:
            found[run.test.id].append(report.change)
    return found


def without(changes: Changes, results: Results) -> Changes:
    """The changes without those with which another right solution passes."""
    passed = {(run.test.id, report.change) for run, report in results if run.share > 0}
    return {name: [change for change in some if (name, change) not in passed] for name, some in changes.items()}


def prove(runs: Iterable[TestRun], changes: Changes, again: Callable[[Sequence[Round]], Results]) -> dict[str, TestRun]:
    """Run tests that were passed again, where they can be changed; returns the results of those that were not earned.

    Args:
        runs: Results of all tests.
        changes: Of the tests.
        again: Runs tests in a fresh process.
    """
    decided = {run.test.id: run for run in runs if run.share > 0 and run.test.id in changes}
    passed = [run for name, run in decided.items() if changes[name]]
    proofs = [_Proof(run, changes[run.test.id]) for run in passed]
    for number in range(_RUNS):
        waiting = [proof for proof in proofs if proof.doubt < _ENOUGH]
        # Who lies in some processes is found out in those tests that were changed there: a doubt in one is a doubt in all.
        doubted = any(proof.doubt for proof in proofs)
        if not waiting or (number >= (_FIRST_OF_FEW if len(passed) < _FEW else _FIRST) and not doubted):
            break
        rounds = [Round(proof.run.test, proof.plan[number]) for proof in waiting]
        found = {run.test.id: (run, report) for run, report in again(rounds)}
        for proof in waiting:
            proof.hear(proof.plan[number], *found.get(proof.run.test.id, (None, None)))
    unearned = {proof.run.test.id: proof.reason for proof in proofs if proof.doubt >= _ENOUGH}
    if len(unearned) > 1 and _OFTEN * len(unearned) >= len(proofs):
        unearned = {name: unearned.get(name, _ALL) for name in decided}
    return {name: _failed(decided[name], text) for name, text in unearned.items()}


class _Proof:
    """One test that was passed, and whether it was earned.

    Args:
        run: Its first result.
        changes: Of the test.

    Attributes:
        run: See above.
        plan: What is changed in its next runs, if anything is: in one of each two, as chance has it.
        doubt: What weighs against the result.
        reason: The latest of it, in words.
    """

    def __init__(self, run: TestRun, changes: Sequence[Change]) -> None:
        self.run = run
        drawn = itertools.islice(itertools.cycle(_chance.sample(changes, len(changes))), _RUNS // 2)
        self.plan = [one for change in drawn for one in _chance.sample([change, None], 2)]
        self.doubt = 0
        self.reason = ""

    def hear(self, change: Change | None, run: TestRun | None, report: Report | None) -> None:
        """What became of the test with a change, or as it is; None if it was not run."""
        as_before = run is not None and run.share >= self.run.share
        if run is None or (change is None and not as_before):
            told = run.message if run is not None else None
            self.doubt, self.reason = self.doubt + _FAILED, f"{_OTHERWISE}: {told}" if told else _OTHERWISE
        elif change is not None and as_before and report is not None and report.made:
            self.doubt += _MOVED if isinstance(change.to, int) else _EXCHANGED
            self.reason = _CHANGED


def _failed(run: TestRun, text: str) -> TestRun:
    return replace(run, outcome="failed", message=text, explanation=None, awards=())
