"""One submission's way through a suite: the worker's part, with limits, clocks and verdicts."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from .candidate import Candidate, Verdict
from .errors import OUTSIDE, JudgeEnded, SandboxFailure
from .examiner import Examiner
from .guest.objects.contract import Facts
from .guest.wire.control import Control
from .guest.wire.errors import ProtocolViolation, WireClosed
from .meters import Reading
from .pool import CandidatePool
from .suite import Limits, Scaling, Test, TestRun

__all__ = ["Session"]

_GRACE = 5.0
"""Seconds that the examiner gets to notice that its candidate is gone, and then to end."""


class Session:
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

    Attributes:
        examiner: See above.
        runs: Results by test id.
        noted: The facts, where they are wanted.
        strayed: Whether the program made such a change.
        base: The meter when the first candidate had taken the files, before it ran any of them.
        used: The meter after the last test.
        peak_outside: Bytes, the most that was held between tests so far, while the program is imported above all.
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
    ) -> None:
        self._one_way = one_way
        self._once = once
        self.strayed = False
        self._facts = facts
        self.noted: Facts = []
        self._blamed = blamed
        self.examiner = examiner
        self._pool = pool
        self._files = files
        self._limits = limits
        self._on_test = on_test
        self._seed = seed
        self._candidate: Candidate | None = None
        self._control: Control
        self._number = 0
        self._verdict: Verdict | None = None
        self._running: str | None = None
        self._start = Reading()
        self._started_at = 0.0
        self._last_progress = Reading()
        self._roster: dict[str, Test] = {}
        self.runs: dict[str, TestRun] = {}
        self._latest: TestRun | None = None
        self._deadline = 0.0
        self.base = self.used = Reading()
        self.peak_outside = 0
        self.python = ""
        self.collected: list[Test] = []
        self.errors: dict[str, str] = {}
        self.out_of_time = False
        self.doubtful: set[str] = set()

    def run(self, roster: tuple[Test, ...] | None) -> dict[str, TestRun]:
        """Run all tests; without a roster, only collect them. Returns results by test id.

        Raises:
            SandboxFailure: The grader could not do its work.
        """
        wanted = [test.id for test in roster or () if test.id not in self._blamed] if self._blamed else None
        for _run in self._each(roster or (), lambda: self._begin(roster is None, wanted)):
            pass
        return self.runs

    def each(self, tests: Sequence[Test]) -> Generator[TestRun]:
        """Run these tests in this order, some perhaps several times; the next begins when the next result is asked for.

        Raises:
            SandboxFailure: The grader could not do its work.
        """
        return self._each(tests, lambda: self._begin(False, [test.id for test in tests]))

    def _begin(self, collect_only: bool, order: list[str] | None) -> tuple[int, Control]:
        assert self._candidate is not None
        return self.examiner.begin(
            *(self._candidate.socket, self._files, self._facts, collect_only, order),
            *(self._seed, self._one_way, self._once),
        )

    def _each(self, roster: Sequence[Test], begin: Callable[[], tuple[int, Control]]) -> Generator[TestRun]:
        self._roster = {test.id: test for test in roster}
        try:
            self._take_candidate()
            self._deadline = time.monotonic() + self._limits.total_time
            assert self._candidate is not None
            self.base = self.used = self._candidate.meter.read()
            self._number, self._control = begin()
            self._mark_start()
            while self._step():
                if self._latest is not None:
                    run, self._latest = self._latest, None
                    yield run
        except (WireClosed, ProtocolViolation) as error:
            if not self.out_of_time:
                raise JudgeEnded(self._running or OUTSIDE, str(error)) from None
        finally:
            self._close()

    def _step(self) -> bool:
        message, descriptors = self._wait()
        for _descriptor in descriptors:
            raise ProtocolViolation("descriptors from the examiner")
        if message["do"] == "done":
            self.noted = message.get("facts", [])
            return False
        self._take(message)
        return True

    def _take(self, message: dict[str, Any]) -> None:
        what = message["do"]
        if what == "collected":
            self._collected(message)
        elif what == "started":
            self._begin_test(message)
        elif what == "finished":
            self._finish_test(message)
        elif what == "replace":
            verdict = self._conclude(message)
            self._replace(verdict)
        elif what == "waiting":
            self._check_stall()

    # Waiting, with an eye on the limits

    def _wait(self) -> tuple[dict[str, Any], list[int]]:
        assert self._candidate is not None
        while not self._control.buffered():
            if select.select([self._control], [], [], self._candidate.meter.interval)[0]:
                break
            self._check_limits()
        return self._control.receive()

    def _check_limits(self) -> None:
        now = time.monotonic()
        if now > self._deadline + 2 * _GRACE:
            self.examiner.declare_lost()
            raise SandboxFailure("the examiner does not end what it was told to end")
        if now > self._deadline + _GRACE:
            if not self.out_of_time:
                self.out_of_time = True
                self.examiner.end(self._number)
                self._control.socket.settimeout(_GRACE)
        elif now > self._deadline:
            self._end_candidate(Verdict("timed_out", self._total_message()))
        elif self._verdict is None:
            self._check_usage()

    def _check_usage(self) -> Reading:
        assert self._candidate is not None
        reading = self._candidate.meter.read()
        if reading.cpu_time - self._start.cpu_time > self._limits.cpu_time:
            limit = self._limits.cpu_time
            self._end_candidate(Verdict("timed_out", f"the program computed for more than {limit:g} s: an endless loop?"))
        elif reading.process_denials > self._start.process_denials:
            # What it did start may still run, and would be counted as the next test's.
            most = self._limits.processes
            self._end_candidate(
                Verdict("crashed", f"the program ran more than {most} processes and threads at once, and was stopped")
            )
        return reading

    def _check_stall(self) -> None:
        """The examiner has waited in vain for a while: has the candidate done anything meanwhile?"""
        assert self._candidate is not None
        reading = self._candidate.meter.read()
        idle = reading.cpu_time - self._last_progress.cpu_time < 0.01
        self._last_progress = reading
        if idle:
            limit = self._limits.stall_time
            self._end_candidate(
                Verdict(
                    "timed_out",
                    f"the program waited for {limit:g} s without doing anything: a deadlock, or a long sleep?",
                )
            )

    def _end_candidate(self, verdict: Verdict) -> None:
        if self._verdict is None and self._candidate is not None:
            self._verdict = verdict
            self._candidate.destroy()

    # Tests

    def _collected(self, message: dict[str, Any]) -> None:
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
            self._conclude(message)

    def _begin_test(self, message: dict[str, Any]) -> None:
        if time.monotonic() > self._deadline:
            self.out_of_time = True
            self._control.send({"do": "halt"})
        elif message["gone"] or self._verdict is not None:
            self._replace(self._conclude(message))
        else:
            self._running = message["id"]
            assert self._candidate is not None
            self.peak_outside = max(self.peak_outside, self._mark_start().peak_memory)
            self._control.send({"do": "go"})

    def _mark_start(self) -> Reading:
        """A test begins, or what comes before them; returns what was used until then."""
        assert self._candidate is not None
        self._start = self._last_progress = reading = self._candidate.meter.read()
        self._candidate.meter.start_peak()
        self._started_at = time.monotonic()
        return reading

    def _finish_test(self, message: dict[str, Any]) -> None:
        assert self._candidate is not None
        ended = time.monotonic()
        reading = self._candidate.meter.read() if self._verdict else self._check_usage()
        outcome, text = message["outcome"], message["message"]
        if self._verdict or message["gone"]:
            verdict = self._conclude(message)
            outcome, text = verdict.outcome, verdict.message
        elif outcome in ("failed", "error") and reading.oom_kills > self._start.oom_kills:
            outcome = "out_of_memory"
            text = f"a process of the program used more than {self._limits.memory // 2**20} MiB of memory"
        self._running = None
        self.used = reading
        self.strayed = self.strayed or message["strayed"]
        test = self._roster.get(message["id"])
        if test is None:
            return
        run = TestRun(
            test=test,
            outcome=outcome,
            message=text,
            explanation=message["explanation"] or None,
            stdout=message["stdout"],
            cpu_time=max(0.0, reading.cpu_time - self._start.cpu_time),
            wall_time=ended - self._started_at,
            peak_memory=reading.peak_memory,
            awards=tuple((float(share), str(reason)) for share, reason in message["awards"]),
        )
        self.runs[run.test.id] = self._latest = run
        self._on_test(run)

    # Candidates

    def _conclude(self, message: dict[str, Any]) -> Verdict:
        """Why the current candidate ended: in the running test, or outside of all."""
        assert self._candidate is not None
        if self._verdict is None:
            self._verdict = self._candidate.verdict(self._start.oom_kills, message["cause"], message["detail"])
            if self._verdict.doubtful:
                self.doubtful.add(self._running or OUTSIDE)
        return self._verdict

    def _replace(self, verdict: Verdict) -> None:
        assert self._candidate is not None
        if time.monotonic() > self._deadline:
            self.out_of_time = True
            self._control.send({"do": "halt"})
            return
        self._pool.discard(self._candidate)
        self._take_candidate()
        answer = {"do": "candidate", "outcome": verdict.outcome, "message": verdict.message}
        self._control.send(answer, [self._candidate.socket.fileno()])
        self._mark_start()

    def _take_candidate(self) -> None:
        self._candidate = self._pool.take()
        self._verdict = None
        self.python = self._candidate.load(self._files)

    def _close(self) -> None:
        if self._candidate is not None:
            self._pool.discard(self._candidate)
        if self._number:
            self._control.close()
            try:
                self.examiner.end(self._number)
            except SandboxFailure:
                pass  # then its processes are gone as well

    def _total_message(self) -> str:
        return f"all tests together took more than {self._limits.total_time:g} s"

    def missing(self, test: Test) -> TestRun:
        """The result of a test that did not run."""
        if test.id in self._blamed or OUTSIDE in self._blamed:
            return TestRun(test, "crashed", self._blamed.get(test.id) or self._blamed[OUTSIDE])
        if self.out_of_time:
            return TestRun(test, "timed_out", f"not run: {self._total_message()}")
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
