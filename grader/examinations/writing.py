"""Submissions of tests: they are tried on the right program, and on faulty ones that they should catch.

What the tests say of themselves can't be believed, because they run with pytest in one process: one that tosses a coin could
claim anything. So the right program comes in again and again, in an order that nobody can foresee; a faulty one counts as
caught when the same test fails on it twice; and tests that contradict themselves on the right program catch nothing at all.
Nor is the right program the first: some machine may keep numbers from one trial to the next, and tests that only compare
what a program does with what earlier ones did would need to know which of these was right.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sandboxes.engine import Engine
from sandboxes.links import Transport
from sandboxes.suite import TestRun
from sandboxes.trials import Trials, Tried

from ..assignment import Assignment
from ..quality import check_rules, quality_of
from ..report import Measurements, TestResult
from ..scoring.score import competencies_of
from .base import Examined, suite_of

__all__ = ["WritingExamination", "fails_on"]

_RIGHT = ""
"""Name of the right program among the others."""
_AGAIN = 4
"""How often the right program comes in the second round; in the first it comes once."""
_RESERVE = 0.5
"""Of the time, for the right program and what comes after it: faulty ones may use up the rest before it comes."""
_SILENT = frozenset({"passed", "skipped"})
_SHOWN = 3
_chance = secrets.SystemRandom()


@dataclass(frozen=True)
class _Verdict:
    """What became of one faulty program.

    Attributes:
        caught: Whether some test that is right fails on it.
        message: Which, or why none does.
        late: Whether there was no time to try it.
    """

    caught: bool
    message: str
    late: bool = False


class WritingExamination:
    """See ``Examination``.

    Raises:
        AssignmentError: Its criteria can't be used.
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
        self._settings = assignment.settings
        self._programs = {_RIGHT: assignment.folder("program"), **assignment.mutants}
        self._mutants = list(assignment.mutants)
        self._declared = {one.path: one for one in self._settings.mutant}
        self._trials = Trials(engine, suite_of(assignment), self._programs[_RIGHT], parallel, transport, on_progress)
        try:
            check_rules(assignment, self._trials.inspect)
        except BaseException:
            self.close()
            raise

    @property
    def test_ids(self) -> list[str]:
        return [_id_of(name) for name in self._mutants]

    @property
    def longest(self) -> float:
        return self._settings.limits.total_time

    def examine(self, files: Mapping[str, bytes], on_test: Callable[[TestResult], None]) -> Examined:
        started = time.monotonic()
        deadline = started + self._settings.limits.total_time
        reserve = _RESERVE * self._settings.limits.total_time
        once = self._round(files, [*self._mutants, _RIGHT], deadline, reserve)
        [first] = once[_RIGHT] = once[_RIGHT] or [self._try(files, _RIGHT, deadline)]
        own = [self._own(first, name) for name in first.tests]
        own += [self._unloaded(path, text) for path, text in first.errors.items()]
        for test in own:
            on_test(test)
        right = [test.id for test in own if test.outcome == "passed"]
        verdicts = dict(self._verdicts(files, once, right, deadline))
        results = [self._mutant(name, verdicts[name]) for name in self._mutants]
        for test in results:
            on_test(test)
        return Examined(
            tests=(*own, *results),
            measurements=Measurements(quality=quality_of(self._trials.inspect(files), files)),
            image=self._trials.image,
            python=first.python,
            wall_time=time.monotonic() - started,
        )

    def close(self) -> None:
        self._trials.close()

    # Trying

    def _try(self, files: Mapping[str, bytes], name: str, deadline: float) -> Tried:
        return self._trials.run(files, self._programs[name], max(0.1, deadline - time.monotonic()))

    def _verdicts(
        self, files: Mapping[str, bytes], once: Mapping[str, list[Tried]], right: list[str], deadline: float
    ) -> Iterator[tuple[str, _Verdict]]:
        """What became of each faulty program."""
        if not right:
            yield from ((name, _Verdict(False, "not caught: no test passes on the right program")) for name in self._mutants)
            return
        once = {name: some if name == _RIGHT else _finished(some) for name, some in once.items()}
        suspected = [name for name in self._mutants if any(fails_on(one, right) for one in once[name])]
        again = self._round(files, [*suspected, *[_RIGHT] * _AGAIN] if suspected else [], deadline)
        twice = {name: _finished(some) for name, some in again.items()}
        moody = _contradictions([*once[_RIGHT], *twice[_RIGHT]])
        for name in self._mutants:
            if not once[name] or (name in suspected and not twice[name]):
                text = f"not tried: all trials together took more than {self._settings.limits.total_time:g} s"
                yield name, _Verdict(False, text, late=True)
            elif moody:
                yield name, _Verdict(False, f"not counted: on the right program, {moody[0]} once passes and once does not")
            else:
                found = [fails_on(one, right) for one in (*once[name], *twice[name])]
                both = set[str].intersection(*found) if name in suspected else set()
                yield name, _verdict(sorted(both, key=right.index), name in suspected)

    def _round(
        self, files: Mapping[str, bytes], names: list[str], deadline: float, reserve: float = 0.0
    ) -> dict[str, list[Tried]]:
        """Try some programs, in an order that nobody can foresee, as far as there is time.

        Args:
            files: The tests.
            names: Of the programs.
            deadline: As ``time.monotonic`` counts.
            reserve: Seconds before that in which nothing is tried any more if the right program has not come: who takes
                long would else know that it comes next.
        """
        found: dict[str, list[Tried]] = {name: [] for name in (*self._mutants, _RIGHT)}
        for name in _chance.sample(names, len(names)):
            end = deadline if found[_RIGHT] else deadline - reserve
            if time.monotonic() >= end:
                break
            found[name].append(self._try(files, name, deadline if name == _RIGHT else end))
        return found

    # Results

    def _own(self, tried: Tried, name: str) -> TestResult:
        run = tried.runs.get(name)
        if run is None:
            late = f"not run: all trials together took more than {self._settings.limits.total_time:g} s"
            early = "not run, because the tests before it ended everything"
            return TestResult(
                id=name,
                visibility="public",
                outcome="timed_out" if tried.out_of_time else "error",
                points=0.0,
                max_points=1.0,
                message=late if tried.out_of_time else early,
            )
        message = run.message if run.outcome in _SILENT else f"on the right program: {run.message or run.outcome}"
        return TestResult(
            id=name,
            visibility="public",
            outcome=run.outcome,
            points=1.0 if run.outcome == "passed" else 0.0,
            max_points=0.0 if run.outcome == "skipped" else 1.0,
            message=message,
            feedback=run.explanation,
            cpu_time=round(run.cpu_time, 6),
            wall_time=round(run.wall_time, 6),
            peak_memory=run.peak_memory,
            stdout=run.stdout,
        )

    @staticmethod
    def _unloaded(path: str, text: str) -> TestResult:
        last = text.strip().splitlines()[-1].removeprefix("E").strip() if text.strip() else "pytest does not say why"
        return TestResult(
            id=f"{path or 'tests'}::loading",
            visibility="public",
            outcome="error",
            points=0.0,
            max_points=1.0,
            message=f"could not be loaded with the right program: {last}",
            feedback=text,
        )

    def _mutant(self, name: str, verdict: _Verdict) -> TestResult:
        declared = self._declared.get(name)
        points = declared.points if declared else 1.0
        return TestResult(
            id=_id_of(name),
            visibility="hidden",
            outcome="passed" if verdict.caught else "timed_out" if verdict.late else "failed",
            points=points if verdict.caught else 0.0,
            max_points=points,
            message=verdict.message,
            hint=declared.hint if declared and not verdict.caught else None,
            competencies=competencies_of(_id_of(name), (), self._settings.competency),
        )


def _id_of(mutant: str) -> str:
    return f"mutants::{mutant}"


def fails_on(tried: Tried, right: list[str]) -> set[str]:
    """The tests, among those that are right, that fail on a program."""
    unloaded = tuple(f"{path}::" for path in tried.errors if path)
    gone = {name for name in right if name not in tried.tests and ("" in tried.errors or name.startswith(unloaded))}
    return gone | {name for name in right if name in tried.runs and tried.runs[name].outcome not in _SILENT}


def _finished(tried: list[Tried]) -> list[Tried]:
    return [one for one in tried if not one.out_of_time]


def _contradictions(tried: list[Tried]) -> list[str]:
    """Tests that did not give the same each time."""
    return [name for name in tried[0].tests if len({_said(one.runs.get(name)) for one in tried}) > 1]


def _said(run: TestRun | None) -> bool:
    return run is not None and run.outcome in _SILENT


def _verdict(catching: list[str], suspected: bool) -> _Verdict:
    if catching:
        names = ", ".join(name.partition("::")[2] or name for name in catching[:_SHOWN])
        more = f" and {len(catching) - _SHOWN} more" if len(catching) > _SHOWN else ""
        return _Verdict(True, f"caught by {names}{more}")
    if suspected:
        return _Verdict(False, "no test fails on it each time")
    return _Verdict(False, "no test fails on it")
