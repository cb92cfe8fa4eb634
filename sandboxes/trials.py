"""A sandbox for assignments whose submissions are tests: tries them on programs, right and faulty ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import TracebackType

from .attempts import Doubts
from .candidate import candidate_spec
from .engine import Engine
from .errors import SandboxFailure
from .examiner import Examiner
from .images.build import ImageBuilder
from .inspecting import inspect
from .keeper import ExaminerKeeper
from .links import Linker, Transport
from .pool import CandidatePool
from .suite import Inspected, Suite, TestRun
from .trial import Trial

__all__ = ["Trials", "Tried"]

_ATTEMPTS = 2
_SHORTEST = 0.1
"""Seconds."""


@dataclass(frozen=True)
class Tried:
    """What one trial gave.

    Attributes:
        tests: Ids of the tests that were found.
        runs: What became of those that began.
        errors: What could not be loaded, by path, with pytest's account.
        python: Version of the interpreter.
        out_of_time: Whether the tests took longer than they had.
    """

    tests: tuple[str, ...]
    runs: Mapping[str, TestRun]
    errors: Mapping[str, str]
    python: str
    out_of_time: bool


class Trials:
    """Tries tests on programs. Thread-safe.

    The tests are the hostile side: they run in a candidate's container of their own for each trial, with pytest. The program
    runs in the examiner, and answers them across the wire.

    Args:
        engine: Where containers run.
        suite: Packages, limits, names of the program's modules; without tests.
        right: The program that the reference, the tests of the suite's author, passes on.
        parallel: Submissions at once.
        transport: See ``links``.
        on_progress: Called with a line when something takes long (building an image).

    Raises:
        SandboxFailure: The grader can't do its work here.
    """

    def __init__(
        self,
        engine: Engine,
        suite: Suite,
        right: Mapping[str, bytes],
        parallel: int = 1,
        transport: Transport = "auto",
        on_progress: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._suite = suite
        self._right = right
        builder = ImageBuilder(engine, on_progress)
        tools = suite.inspection is not None
        self.image = builder.examiner(suite.requirements, suite.test_requirements, tools)
        self._linker = Linker(engine, transport)
        self._examiners = ExaminerKeeper(lambda: Examiner(engine, self._linker, self.image, suite, parallel))
        spec = candidate_spec(self.image, suite.limits, "testwriter")
        # Each submission takes many, one after the other, so two are started at a time.
        self._pool = CandidatePool(engine, self._linker, spec, suite.limits, parallel + 3)
        try:
            self._pool.wait_until_warm()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Trials:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def run(self, files: Mapping[str, bytes], program: Mapping[str, bytes], seconds: float) -> Tried:
        """Run the tests in ``files`` on a program, within ``seconds``, however often that is tried.

        Raises:
            SandboxFailure: The grader could not do its work, again and again.
        """
        failures, doubts = 0, Doubts(lambda times: self._reference_goes_through(seconds, times))
        end = time.monotonic() + seconds
        while True:
            examiner = self._examiners.ready()
            trial = self._trial(examiner, files, max(_SHORTEST, end - time.monotonic()))
            try:
                runs = trial.on(program)
            except SandboxFailure:
                if examiner.lost:
                    self._examiners.give_up(examiner)
                failures += 1
                if failures == _ATTEMPTS:
                    raise
                continue
            # Whoever kills containers makes a right test look as if it ended itself now and then.
            if trial.out_of_time or doubts.are_settled(frozenset(trial.doubtful)):
                found = tuple(test.id for test in trial.collected)
                return Tried(found, runs, trial.errors, trial.watch.python, trial.out_of_time)

    def _trial(self, examiner: Examiner, files: Mapping[str, bytes], seconds: float) -> Trial:
        return Trial(examiner, self._pool, files, replace(self._suite.limits, total_time=seconds))

    def _reference_goes_through(self, seconds: float, times: int) -> bool:
        for _ in range(times):
            trial = self._trial(self._examiners.ready(), self._suite.reference, seconds)
            try:
                trial.on(self._right)  # a faulty one may well end itself
            except SandboxFailure:
                return False
            if trial.doubtful:
                return False
        return True

    def inspect(self, files: Mapping[str, bytes]) -> Inspected | None:
        """What static tools find in the tests; None where the suite asks for none.

        Raises:
            SandboxFailure: The grader could not do its work.
        """
        return inspect(self._examiners, self._suite, files)

    def close(self) -> None:
        """Remove all containers."""
        self._examiners.close()
        self._pool.close()
        self._linker.close()
