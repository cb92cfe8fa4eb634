"""Whether what a submission's classes say was worked out: tests that they decided are run again, some with a change.

Each of them runs in two more processes, as it is in one and changed in the other, in an order by chance. Nothing there
tells which is which but what the right answer is: who says yes without knowing it passes a test that nobody passes, and who
says no fails one that it had passed. What that leaves in doubt is looked into in more.

Some machine may keep numbers from one process to the next, whatever is hidden from them. So the run that counts is not the
first: before it half of the tests are run changed and the others as they are. Who says yes there, or no, without knowing has
passed many tests with the changes of the first process and with no others, or many only when it counted.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import NamedTuple

from .guest.objects.changes import NOTE, TRY, WHOLE, Change, Report
from .session import Round
from .suite import Test, TestRun

__all__ = ["Changes", "Proven", "Results", "changes_of", "early", "prove", "steady", "surest", "to_try", "without"]

Changes = Mapping[str, Sequence[Change]]
"""By test that passes on a yes of the submission's classes: changes with which no right solution passes, if any."""
Results = Iterable[tuple[TestRun, Report]]
"""Of tests that were run again, in their order."""
_TRIED = 20
"""Changes of a test that are tried at most."""
_RUNS, _FIRST, _FIRST_OF_FEW, _FEW = 12, 2, 4, 6
"""Runs of a test at most, and at least; at least if there are few such tests, where luck helps; how many are few."""
_WEIGHTS = {"whole": 2, "torn": 2, "telling": 2, "shared": 2, "known": 1, "input": 1}
"""What passing with a change weighs against a result: of all of what is only compared; of a part, other changes of which
it fails with; of one that no test has elsewhere; of one that others compare as well; of one that the test has elsewhere; of
an input.
"""
_LESS_KNOWN = {"known": ("shared", "telling"), "shared": ("telling",)}
"""Whoever looks at parts that are less known may pass over these."""
_FAILED, _ENOUGH = 2, 3
"""What failing as it is weighs, and what is enough."""
_MANY = 3
"""Changes of what is only compared, with which a test needs no others."""
_OFTEN = 3
"""If one of so many tests was not earned, and not a single one alone, none of them was."""
_OTHERS = 2
"""Changes that a test is not passed with, beside the only one that it was passed with."""
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
    return {name: _distinct(some) for name, some in found.items()}


def _distinct(changes: Sequence[Change]) -> list[Change]:
    """The changes, without those of an only part that one of the whole makes as well: they would count twice."""
    wholes = {change._replace(tells=True, new=False) for change in changes if change.part == WHOLE}
    return [change for change in changes if change.part == WHOLE or _as_whole(change) not in wholes]


def _as_whole(change: Change) -> Change:
    """The change of the whole call that one of its only argument is."""
    return change._replace(part=WHOLE, to=f"(({change.to},), {{}})", tells=True, new=False, was="")


def without(changes: Changes, results: Results) -> Changes:
    """The changes without those with which another right solution passes."""
    passed = {(run.test.id, report.change) for run, report in results if run.share > 0}
    return {name: [change for change in some if (name, change) not in passed] for name, some in changes.items()}


def steady(tests: Iterable[Test], changes: Changes, again: Callable[[Sequence[Round]], Results]) -> Changes:
    """The changes without those of tests which a right solution fails, as they are, where other tests are changed.

    Such tests look at what others leave behind, and nothing can be told from them where those are changed.
    """
    by_id = {test.id: test for test in tests}
    while True:
        names = [name for name, some in changes.items() if some]
        fell = set[str]()
        for changed in _parts(names):
            planned = {by_id[name]: _chance.choice(changes[name]) if name in changed else None for name in names}
            passed = {run.test.id for run, _report in _run(planned, again) if run.outcome == "passed"}
            fell |= set(names) - changed - passed
        changes = {name: [] if name in fell else some for name, some in changes.items()}
        if not fell:
            return changes


def _parts(names: Sequence[str]) -> Iterator[set[str]]:
    """Some of the names, such that of any two each is in one of them without the other."""
    for digit in range(max(len(names) - 1, 0).bit_length()):
        part = {name for number, name in enumerate(names) if number >> digit & 1}
        yield part
        yield set(names) - part


def surest(changes: Changes) -> Changes:
    """The changes of what tests only compare, where there are enough; see ``Change``."""
    compared = {name: [change for change in some if change.compared] for name, some in changes.items()}
    return {name: compared[name] if len(compared[name]) >= _MANY else some for name, some in changes.items()}


class Proven(NamedTuple):
    """What running tests again has shown.

    Attributes:
        unearned: The results of those that were not earned, by test.
        told: The changes with which others were not passed, as is right, by test.
    """

    unearned: dict[str, TestRun]
    told: Changes


def early(
    tests: Iterable[Test], changes: Changes, again: Callable[[Sequence[Round]], Results]
) -> Sequence[tuple[TestRun, Report]]:
    """Run the tests that can be changed before the run that counts: half of them changed, whichever that are."""
    some = {test: of_test for test in tests if (of_test := changes.get(test.id))}
    half = _chance.sample([*some], (len(some) + _chance.randrange(2)) // 2)
    planned = {test: _chance.choice(of_test) if test in half else None for test, of_test in some.items()}
    return tuple(_run(planned, again)) if planned else ()


def _run(planned: Mapping[Test, Change | None], again: Callable[[Sequence[Round]], Results]) -> Results:
    return again([Round(test, change) for test, change in planned.items()])


def prove(
    runs: Iterable[TestRun],
    changes: Changes,
    again: Callable[[Sequence[Round]], Results],
    before: Sequence[tuple[TestRun, Report]] = (),
) -> Proven:
    """Run tests that were passed again, where they can be changed.

    Args:
        runs: Results of all tests.
        changes: Of the tests.
        again: Runs tests in a fresh process.
        before: What ``early`` gave.
    """
    decided = {run.test.id: run for run in runs if run.share > 0 and run.test.id in changes}
    passed = [run for name, run in decided.items() if changes[name]]
    shared = _shared(changes)
    proofs = [_Proof(run, changes[run.test.id], shared) for run in passed]
    # A failure there may come of what a changed test left behind: it counts only where there are many.
    _hear(proofs, {run.test: report.change for run, report in before if report.change is not None}, before)
    least = _FIRST_OF_FEW if len(passed) < _FEW else _FIRST
    for number in range(_RUNS):
        waiting = [proof for proof in proofs if not proof.is_certain]
        # Who lies in some processes is found out in those tests that were changed there: a doubt in one is a doubt in all.
        doubted = any(proof.is_doubted for proof in proofs)
        if not waiting or (number >= least and not doubted):
            break
        planned = {proof.run.test: proof.next() for proof in waiting}
        _hear(proofs, planned, _run(planned, again))
    unearned = {proof.run.test.id: proof.reason for proof in proofs if proof.is_unearned}
    if _are_many(unearned.keys(), {proof.run.test.id for proof in proofs}) or _are_many(*_doubtful(proofs, before)):
        unearned = {name: unearned.get(name, _ALL) for name in decided}
    told = {proof.run.test.id: proof.told for proof in proofs if proof.run.test.id not in unearned}
    return Proven({name: _failed(decided[name], text) for name, text in unearned.items()}, told)


def _hear(proofs: Iterable[_Proof], planned: Mapping[Test, Change | None], results: Results) -> None:
    found = {run.test: (run, report) for run, report in results}
    for proof in proofs:
        if (test := proof.run.test) in planned:
            proof.hear(planned[test], *found.get(test, (None, None)))


def _are_many(some: Set[str], of_all: Set[str]) -> bool:
    return len(some) > 1 and _OFTEN * len(some) >= len(of_all)


def _doubtful(proofs: Iterable[_Proof], before: Results) -> tuple[set[str], set[str]]:
    """The tests that the first process makes doubtful, and all of which it tells something.

    The former were passed there with a change, and with no other since, or not as they are; or they were not passed there,
    where nothing was changed in them, but were when it counted.
    """
    by_test = {proof.run.test: proof for proof in proofs}
    doubtful, told = set(), set()
    for run, report in before:
        passed, proof = run.share > 0, by_test.get(run.test)
        if report.change is None:
            is_doubtful = proof is not None and not passed
        else:
            is_doubtful = passed and report.made and (proof is None or proof.is_passed_with_none_but(report.change))
        if is_doubtful or proof is not None:
            told.add(run.test.id)
        if is_doubtful or (proof is not None and proof.is_unearned):
            doubtful.add(run.test.id)
    return doubtful, told


def _shared(changes: Changes) -> set[str]:
    """The parts that several tests compare, as Python writes them."""
    each = [{change.was for change in some if change.compared and change.was} for some in changes.values()]
    return {was for was, times in Counter(itertools.chain.from_iterable(each)).items() if times > 1}


class _Proof:
    """One test that was passed, and whether it was earned.

    Args:
        run: Its first result.
        changes: Of the test.
        shared: Parts that several tests compare, as Python writes them: names that who reads the task may know.

    Attributes:
        run: See above.
        reason: The latest of what weighs against it, in words.
    """

    def __init__(self, run: TestRun, changes: Sequence[Change], shared: Set[str]) -> None:
        self.run = run
        self.reason = ""
        self._shared = shared
        self._changes = self._drawn(changes)
        self._left: list[Change] = []
        self._next: list[Change | None] = []
        self._failed = 0
        self._passed: dict[Change, bool] = {}

    def next(self) -> Change | None:
        """What is changed in the next run, if anything is: in one of each two, as chance has it."""
        if not self._next:
            new = [change for change in self._changes if change not in self._passed]
            self._left = self._left or new or list(self._changes)
            # Of what it has passed more are tried: whoever looks at some parts alone fails with the next one.
            change = next((one for one in self._left if self._weight(self._kind_of(one)) > 0), self._left[0])
            self._left.remove(change)
            self._next = _chance.sample([change, None], 2)
        return self._next.pop()

    @property
    def told(self) -> list[Change]:
        """The changes that it was not passed with."""
        return [change for change, passed in self._passed.items() if not passed]

    @property
    def is_certain(self) -> bool:
        """Whether it was not earned, whatever comes of more changes."""
        return _FAILED * self._failed + self._weight(_Kind("whole", new=False)) >= _ENOUGH

    @property
    def is_unearned(self) -> bool:
        """Whether it was not earned, by all that is known."""
        return _FAILED * self._failed + sum(map(self._weight, set(map(self._kind_of, self._passed)))) >= _ENOUGH

    @property
    def is_doubted(self) -> bool:
        """Whether anything at all weighs against it."""
        return self._failed > 0 or any(self._passed.values())

    def _weight(self, kind: _Kind) -> int:
        """What weighs against the result in the changes of a kind.

        A right class that looks at some parts alone passes with whatever becomes of the others, and with nothing that
        becomes of those. So it has failed with a part, and no part is torn: passed with one change, failed with another.
        """
        parts = self._parts(kind)
        if kind.group == "whole":
            return _WEIGHTS["whole"] * sum(map(sum, parts))
        others = [part for group in _LESS_KNOWN.get(kind.group, ()) for part in self._parts(_Kind(group, kind.new))]
        torn = sum(part.count(True) for part in parts if not all(part))
        looks = any(not any(part) for part in [*parts, *others])
        blind = 0 if looks else sum(len(part) for part in parts if all(part))
        return _WEIGHTS["input" if kind.group == "input" else "torn"] * torn + _WEIGHTS[kind.group] * blind

    def _parts(self, kind: _Kind) -> list[list[bool]]:
        """Which changes of a kind it passed with, by part."""
        parts: dict[object, list[bool]] = {}
        for change, passed in self._passed.items():
            if self._kind_of(change) == kind:
                parts.setdefault(_part_of(change), []).append(passed)
        return list(parts.values())

    def _kind_of(self, change: Change) -> _Kind:
        if not change.compared:
            return _Kind("input", change.new)
        if change.part == WHOLE or not change.tells:
            return _Kind("whole" if change.part == WHOLE else "known", change.new)
        return _Kind("shared" if change.was in self._shared else "telling", change.new)

    def _drawn(self, changes: Sequence[Change]) -> list[Change]:
        """The changes by chance, of each kind and of each part one after the other."""
        kinds: dict[_Kind, dict[object, list[Change]]] = {}
        for change in _chance.sample(changes, len(changes)):
            kinds.setdefault(self._kind_of(change), {}).setdefault(_part_of(change), []).append(change)
        return _in_turn([_in_turn(list(parts.values())) for parts in _chance.sample(list(kinds.values()), len(kinds))])

    def hear(self, change: Change | None, run: TestRun | None, report: Report | None) -> None:
        """What became of the test with a change, or as it is; None if it was not run."""
        as_before = run is not None and run.share >= self.run.share
        if run is None or (change is None and not as_before):
            told = run.message if run is not None else None
            self._failed, self.reason = self._failed + 1, f"{_OTHERWISE}: {told}" if told else _OTHERWISE
        elif change is not None and report is not None and report.made:
            self._passed[change] = self._passed.get(change, True) and as_before
            if as_before:
                self.reason = _CHANGED

    def is_passed_with_none_but(self, change: Change) -> bool:
        """Whether several others were tried, and it was passed with none."""
        others = [passed for other, passed in self._passed.items() if other != change]
        return len(others) >= _OTHERS and not any(others)


class _Kind(NamedTuple):
    """What changes have in common that one who says yes may know, or not look at.

    Attributes:
        group: One of ``_WEIGHTS``.
        new: As of ``Change``.
    """

    group: str
    new: bool


def _part_of(change: Change) -> object:
    return change[: Change._fields.index("to")]


def _in_turn(some: Sequence[Sequence[Change]]) -> list[Change]:
    return [change for few in itertools.zip_longest(*some) for change in few if change is not None]


def _failed(run: TestRun, text: str) -> TestRun:
    return replace(run, outcome="failed", message=text, explanation=None, awards=())
