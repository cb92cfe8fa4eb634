"""A sandbox for one suite: the one thing that callers of this package need."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType, TracebackType

from .attempts import Attempts
from .candidate import candidate_spec
from .engine import Engine
from .errors import SandboxFailure, SuiteBroken
from .examiner import Examiner
from .guest.objects.changes import Change
from .guest.objects.contract import Contract, Facts
from .guest.sizes import actual_size, seed_of
from .images.build import ImageBuilder
from .inspecting import inspect
from .keeper import ExaminerKeeper
from .links import Linker, Transport
from .measure import Plan, Repetition, measure
from .pool import CandidatePool
from .proving import Changes, Results, changes_of, early, prove, steady, surest, to_try, without
from .session import Round, Session
from .suite import Inspected, Run, Scaling, Suite, Test, TestRun

__all__ = ["Sandbox"]

_MOST_DIFFERENT = 2
_TO_TRY = 10.0
"""Times the time of all tests in which changes of them are tried."""
_CHANGED = "earns this only with the changes that the program made to what tests handed over, and no right solution makes"


class Sandbox:
    """Grades submissions against one suite. Thread-safe.

    Args:
        engine: Where containers run.
        suite: The tests and their limits.
        parallel: Submissions at once; as many candidates are kept ready, and one more.
        transport: See ``links``.
        on_progress: Called with a line when something takes long (building an image).

    Attributes:
        tests: The tests of the suite.
        reference_runs: What became of them with the reference solution, by id.

    Raises:
        SandboxFailure: The grader can't do its work here.
        SuiteBroken: The tests can't be collected with the reference solution.
    """

    def __init__(
        self,
        engine: Engine,
        suite: Suite,
        parallel: int = 1,
        transport: Transport = "auto",
        on_progress: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._suite = suite
        builder = ImageBuilder(engine, on_progress)
        self._candidate_image = builder.candidate(suite.requirements)
        tools = suite.inspection is not None
        image = builder.examiner(suite.requirements, suite.test_requirements, tools)
        self._linker = Linker(engine, transport)
        self._examiners = ExaminerKeeper(lambda: Examiner(engine, self._linker, image, suite, parallel))
        spec = candidate_spec(self._candidate_image, suite.limits)
        self._pool = CandidatePool(engine, self._linker, spec, suite.limits, parallel + 1)
        try:
            self.tests = self._collect()
            observed = [self._observe(files) for files in (suite.reference, *suite.alternatives)]
            self._facts = Contract.joined(facts for _runs, facts in observed)
            self.reference_runs = observed[0][0]
            self._changes: Changes = {}
            if Contract.decides(self._facts):
                on_progress("finding out which values of the tests decide (once)")
                self._changes = self._find_changes()
            self._pool.wait_until_warm()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def run(self, files: Mapping[str, bytes], on_test: Callable[[TestRun], None] = lambda run: None) -> Run:
        """Run all tests against a submission.

        A failure of the grader's own is tried once more with a fresh examiner.

        Args:
            files: Content by relative path.
            on_test: Called with each test's result as soon as it is known; again from the start after a failure, and
                after something may have killed the program from outside.

        Raises:
            SandboxFailure: The grader could not do its work, again and again.
        """
        started = time.monotonic()
        before = early(self.tests, self._changes, lambda rounds: self._again(files, rounds))
        attempts = Attempts(
            self._examiners,
            lambda examiner, blamed: self._session(files, examiner, blamed, on_test),
            self._reference_goes_through,
            self._suite.limits.total_time,
        )
        session = attempts.run(self.tests)
        runs = [session.runs.get(test.id) or session.missing(test) for test in self.tests]
        if session.strayed:
            runs = list(self._without_changes(files, runs, on_test))
        proven = prove(runs, self._changes, lambda rounds: self._again(files, rounds), before)
        for run in proven.unearned.values():
            on_test(run)
        runs = [proven.unearned.get(run.test.id, run) for run in runs]
        return Run(
            tests=tuple(runs),
            image=self._candidate_image,
            python=session.watch.python,
            wall_time=time.monotonic() - started,
            told=proven.told,
        )

    def _without_changes(
        self, files: Mapping[str, bytes], runs: Sequence[TestRun], on_test: Callable[[TestRun], None]
    ) -> Iterator[TestRun]:
        """The results of a program that changed what no right one changes: it has to earn them without that, too."""
        attempts = Attempts(
            self._examiners,
            lambda examiner, blamed: self._session(files, examiner, blamed, one_way=True),
            self._reference_goes_through,
            self._suite.limits.total_time,
        )
        again = attempts.run(self.tests)
        for run in runs:
            other = again.runs.get(run.test.id) or again.missing(run.test)
            if other.share < run.share:
                run = replace(other, message=f"{_CHANGED}: {other.message}" if other.message else _CHANGED)
                on_test(run)
            yield run

    def _again(self, files: Mapping[str, bytes], rounds: Sequence[Round], longer: float = 1.0) -> Results:
        """Run some tests again, changed or not, in ``longer`` times the time that all tests have."""
        attempts = Attempts(
            self._examiners,
            lambda examiner, blamed: self._session(files, examiner, blamed, rounds=rounds, longer=longer),
            self._reference_goes_through,
            self._suite.limits.total_time,
        )
        return attempts.run(self.tests).reports

    def _session(
        self,
        files: Mapping[str, bytes],
        examiner: Examiner,
        blamed: Mapping[str, str],
        on_test: Callable[[TestRun], None] = lambda run: None,
        one_way: bool = False,
        rounds: Sequence[Round] | None = None,
        longer: float = 1.0,
    ) -> Session:
        seed = seed_of(self._suite.tests, files)
        limits = replace(self._suite.limits, total_time=longer * self._suite.limits.total_time)
        return Session(
            *(examiner, self._pool, files, limits, on_test, self._facts, seed, blamed, one_way),
            rounds=rounds,
            proven=self._proven,
        )

    @property
    def _proven(self) -> list[str]:
        """The tests that are run again with a change, as ``Contract`` names them."""
        return [test.scope for test in self.tests if self._changes.get(test.id)]

    def _reference_goes_through(self, times: int) -> bool:
        for _ in range(times):
            session = self._session(self._suite.reference, self._examiners.ready(), {})
            try:
                session.run(self.tests)
            except SandboxFailure:
                return False
            if session.doubtful:
                return False
        return True

    def measure(
        self,
        files: Mapping[str, bytes],
        plan: Callable[[Sequence[Repetition]], Plan | None],
        told: Mapping[str, Sequence[Change]] = MappingProxyType({}),
    ) -> list[Repetition]:
        """Measure what tests cost a submission and the reference; see ``measure``.

        Args:
            files: The submission.
            plan: See ``measure``.
            told: Changes that it does not pass its tests with; see ``Run``.

        Raises:
            SandboxFailure: The grader could not do its work.
        """
        # Each of the two waits while the other's test runs.
        limits = replace(self._suite.limits, total_time=2 * self._suite.limits.total_time)

        seed = seed_of(self._suite.tests, files)

        def session(of: Mapping[str, bytes]) -> Session:
            # A program that sees that it is measured must not empty what it has to work on.
            return Session(
                *(self._examiners.ready(), self._pool, of, limits),
                facts=self._facts,
                seed=seed,
                one_way=True,
                proven=self._proven,
            )

        reference = self._suite.reference
        return measure(
            *(lambda: session(files), lambda: session(reference), plan, self._pool.quiet),
            self._reference_goes_through,
            told,
        )

    def size(self, scaling: Scaling, files: Mapping[str, bytes]) -> int:
        """The size that a test gets when it is run on a submission, and on the reference to compare with it."""
        function = scaling.family.partition("[")[0]
        return actual_size(seed_of(self._suite.tests, files), function, scaling.size, scaling.vary)

    def inspect(self, files: Mapping[str, bytes]) -> Inspected | None:
        """What static tools find in a submission; None where the suite asks for none.

        Raises:
            SandboxFailure: The grader could not do its work.
        """
        return inspect(self._examiners, self._suite, files)

    def _collect(self) -> tuple[Test, ...]:
        """Find the tests, with the reference solution. What breaks them has to do so again before the tests are blamed.

        Raises:
            SandboxFailure: The grader could not do its work.
            SuiteBroken: Some test file can't be loaded, or there is no test.
        """
        seen: list[dict[str, str]] = []
        while True:
            session = self._watch(self._suite.reference, None)
            if session.collected and not session.errors:
                return tuple(session.collected)
            if session.errors in seen or len(seen) == _MOST_DIFFERENT:
                raise SuiteBroken(session.errors)
            seen.append(session.errors)

    def _observe(self, files: Mapping[str, bytes]) -> tuple[dict[str, TestRun], Facts]:
        """What becomes of the tests with a right solution, and what they ask of its objects.

        What a test counts, or takes from where there is no second one, it may fail for what its objects are asked beside;
        where it passes without, submissions are asked nothing beside, either.

        Raises:
            SandboxFailure: The grader could not do its work.
        """
        session = self._watch(files, self.tests)
        failing = _unpassed(session.runs.values())
        if not failing:
            return session.runs, session.noted
        alone = self._watch(files, self.tests, tuple(failing))
        return alone.runs, Contract.without_once(alone.noted, _unpassed(alone.runs.values()))

    def _find_changes(self) -> Changes:
        """What can be changed in tests that the reference passes, so that it does not.

        Raises:
            SandboxFailure: The grader could not do its work.
        """
        passed = [test for test in self.tests if self.reference_runs[test.id].outcome == "passed"]
        changes = changes_of(self._again(self._suite.reference, to_try(passed), _TO_TRY))
        # An answer that was turned may be one of those that decide nothing.
        for files in (self._suite.reference, *self._suite.alternatives):
            tests = {test.id: test for test in passed if test.id in changes}
            rounds = [Round(tests[name], change) for name, some in changes.items() for change in some]
            changes = without(changes, self._again(files, rounds, _TO_TRY))
        return steady(passed, surest(changes), lambda rounds: self._again(self._suite.reference, rounds, _TO_TRY))

    def _watch(self, files: Mapping[str, bytes], tests: tuple[Test, ...] | None, once: Sequence[str] = ()) -> Session:
        """A run of a right solution, which notes what the tests ask of its objects; see ``Contract``.

        Args:
            files: The solution.
            tests: What to run; None to collect the tests only.
            once: See ``Session``.

        Raises:
            SandboxFailure: The grader could not do its work.
        """
        attempts = Attempts(
            self._examiners,
            lambda examiner, blamed: Session(examiner, self._pool, files, self._suite.limits, once=once),
            lambda times: False,
            self._suite.limits.total_time,
        )
        return attempts.run(tests)

    def close(self) -> None:
        """Remove all containers; gradings that still run fail."""
        self._examiners.close()
        self._pool.close()
        self._linker.close()


def _unpassed(runs: Iterable[TestRun]) -> set[str]:
    """The tests that did not pass, as ``Contract`` names them."""
    return {run.test.scope for run in runs if run.outcome not in ("passed", "skipped")}
