"""One submission's way through a suite: the worker's part."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from .dialogue import Dialogue
from .errors import OUTSIDE
from .examiner import Examiner
from .guest.objects.changes import Change
from .guest.objects.contract import Facts
from .guest.wire.control import Control
from .pool import CandidatePool
from .suite import Limits, Scaling, Test, TestRun

__all__ = ["Round", "Session"]


class Round(NamedTuple):
    """One run of a test.

    Attributes:
        test: Which.
        change: What is changed in it, if anything is; ``NOTE`` or ``TRY`` for right solutions.
    """

    test: Test
    change: Change | str | None


class Session(Dialogue):
    """Runs one submission.

    Args:
        examiner: Holds the tests.
        pool: Gives candidates.
        files: The submission.
        limits: What each test may use.
        on_test: Called with each test's result as soon as it is known.
        facts: What right solutions were seen to do (see ``Contract``); ``None`` if this is one, whose facts are wanted.
        seed: What sizes that vary follow from; see ``guest.sizes``.
        blamed: Tests that are not run, since they ended the process that judges, and what the learner is told; under
            ``OUTSIDE`` for all tests that have no result.
        one_way: Whether changes that no right solution makes to what tests hand over stay with the program.
        once: Tests (their families, if they are run at several sizes) in which objects are asked only what they ask.
        rounds: Tests to run in place of all, in their order, with a change of each; see ``guest.objects.changes``.
        proven: Tests that are run again with a change.
    """

    def __init__(
        self,
        examiner: Examiner,
        pool: CandidatePool,
        files: Mapping[str, bytes],
        limits: Limits,
        on_test: Callable[[TestRun], None] = lambda run: None,
        facts: Facts | None = None,
        seed: str = "",
        blamed: Mapping[str, str] = MappingProxyType({}),
        one_way: bool = False,
        once: Sequence[str] = (),
        rounds: Sequence[Round] | None = None,
        proven: Sequence[str] = (),
    ) -> None:
        super().__init__(examiner, pool, files, limits, on_test)
        self._files = files
        self._facts = facts
        self._seed = seed
        self._blamed = blamed
        self._one_way = one_way
        self._once = once
        self._rounds = rounds
        self._proven = proven

    def run(self, roster: tuple[Test, ...] | None) -> dict[str, TestRun]:
        """Run all tests; without a roster, only collect them. Returns results by test id.

        Raises:
            SandboxFailure: The grader could not do its work.
        """
        wanted = [test.id for test in roster or () if test.id not in self._blamed] if self._blamed else None
        changes: list[Any] | None = None
        if self._rounds is not None:
            rounds = [one for one in self._rounds if one.test.id not in self._blamed]
            wanted, changes = [one.test.id for one in rounds], [one.change for one in rounds]
        for _run in self.follow(roster or (), lambda: self.begin(roster is None, wanted, changes)):
            pass
        return self.runs

    def each(self, tests: Sequence[Test], changes: Mapping[str, Change] = MappingProxyType({})) -> Generator[TestRun]:
        """Run these tests in this order, some perhaps several times; the next begins when the next result is asked for.

        Args:
            tests: The tests.
            changes: What is changed in some of them, by test.

        Raises:
            SandboxFailure: The grader could not do its work.
        """
        changed = [changes.get(test.id) for test in tests] if changes else None
        return self.follow(tests, lambda: self.begin(False, [test.id for test in tests], changed))

    def begin(self, collect_only: bool, order: list[str] | None, changes: list[Any] | None = None) -> tuple[int, Control]:
        """Have the examiner begin."""
        return self.examiner.begin(
            *(self.watch.candidate.wire, self._files, self._facts, collect_only, order),
            *(self._seed, self._one_way, self._once, changes, self._proven),
        )

    def hear_of_tests(self, message: dict[str, Any]) -> None:
        self.collected = [
            Test(
                test["id"],
                test["points"],
                test["hint"],
                tuple(test["competencies"]),
                test["skipped"],
                frozenset(test["measures"]),
                Scaling(*test["scaling"]) if test["scaling"] else None,
            )
            for test in message["tests"]
        ]
        self.errors = {error["path"]: error["message"] for error in message["errors"]}
        if message["gone"]:  # it may be the reason for the errors
            self.conclude(message)

    def missing(self, test: Test) -> TestRun:
        """The result of a test that did not run."""
        if test.id in self._blamed or OUTSIDE in self._blamed:
            return TestRun(test, "crashed", self._blamed.get(test.id) or self._blamed[OUTSIDE])
        if self.out_of_time:
            return TestRun(test, "timed_out", f"not run: {self.watch.overtime_message}")
        path = test.id.partition("::")[0]
        if path in self.errors:
            first = self.errors[path].strip().splitlines()[-1].removeprefix("E").strip()
            return TestRun(
                test,
                "error",
                f"the tests of {path} could not be loaded with this submission: {first}",
                self.errors[path],
            )
        return TestRun(test, "error", "this test exists with the reference solution, but not with this submission")
