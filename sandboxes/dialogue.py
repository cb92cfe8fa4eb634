"""What the worker and the examiner tell each other while a program is tested: one test after the other, and their ends."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from typing import Any

from .candidate import Verdict
from .errors import OUTSIDE, JudgeEnded, SandboxFailure
from .examiner import Examiner
from .guest.objects.changes import Change, Report
from .guest.objects.contract import Facts
from .guest.wire.control import Control
from .guest.wire.errors import ProtocolViolation, WireClosed
from .meters import Reading
from .pool import CandidatePool
from .suite import Limits, Test, TestRun
from .watch import Watch

__all__ = ["Dialogue"]

_GRACE = 5.0
"""Seconds that the examiner gets to notice that its candidate is gone, and then to end."""


class Dialogue:
    """Goes through the tests of one program. What begins it, and what is said of the tests, subclasses know.

    Args:
        examiner: Runs one side.
        pool: Gives containers for the other.
        files: What they run.
        limits: What each test may use.
        on_test: Called with each test's result as soon as it is known.

    Attributes:
        examiner: See above.
        watch: The candidate.
        runs: Results by test id.
        collected: The tests that were found.
        errors: What could not be loaded, by path, with pytest's account.
        noted: What right solutions were seen to do, where that is wanted.
        strayed: Whether the program made a change that no right solution makes.
        reports: What became of changed tests, with their results, in their order; see ``guest.objects.changes``.
        base: The meter when the first candidate had taken the files, before it ran any of them.
        outside: Seconds of CPU outside of the tests until the last one ended, whichever candidate used them.
        peak_outside: Bytes, the most that was held between tests so far, while the program is imported above all.
        out_of_time: Whether the tests took longer than they had.
        doubtful: The places where something else may have ended the program.
    """

    def __init__(
        self,
        examiner: Examiner,
        pool: CandidatePool,
        files: Mapping[str, bytes],
        limits: Limits,
        on_test: Callable[[TestRun], None] = lambda run: None,
    ) -> None:
        self.examiner = examiner
        self.watch = Watch(pool, files, limits)
        self._limits = limits
        self._on_test = on_test
        self._number = 0
        self._control: Control
        self._running: str | None = None
        self._started_at = 0.0
        self._roster: dict[str, Test] = {}
        self._latest: TestRun | None = None
        self.runs: dict[str, TestRun] = {}
        self.collected: list[Test] = []
        self.errors: dict[str, str] = {}
        self.noted: Facts = []
        self.strayed = False
        self.reports: list[tuple[TestRun, Report]] = []
        self.base = self._last = Reading()
        self.outside = 0.0
        self.peak_outside = 0
        self.out_of_time = False
        self.doubtful: set[str] = set()

    def follow(self, tests: Iterable[Test], begin: Callable[[], tuple[int, Control]]) -> Generator[TestRun]:
        """Go through the tests; the next one begins when the next result is asked for.

        Args:
            tests: What is known of them before.
            begin: Has the examiner begin; returns the number of its work, and the connection to who does it.

        Raises:
            SandboxFailure: The grader could not do its work.
        """
        self._roster = {test.id: test for test in tests}
        try:
            self.watch.begin(self.examiner.expect)
            self.base = self._mark()
            self._number, self._control = begin()
            while self._step():
                if self._latest is not None:
                    run, self._latest = self._latest, None
                    yield run
        except (WireClosed, ProtocolViolation) as error:
            if not self.out_of_time:
                raise JudgeEnded(self._running or OUTSIDE, str(error)) from None
        finally:
            self._close()

    def hear(self, message: dict[str, Any]) -> None:
        """Hear a message of the examiner."""
        what = message["do"]
        if what == "collected":
            self.hear_of_tests(message)
        elif what == "started":
            self.begin_test(message)
        elif what == "finished":
            self._finish_test(message)
        elif what == "replace":
            self._replace(self.conclude(message))
        elif what == "waiting":
            self.watch.check_progress()

    def hear_of_tests(self, message: dict[str, Any]) -> None:
        """Hear which tests there are."""
        raise NotImplementedError

    def begin_test(self, message: dict[str, Any]) -> None:
        """Let a test begin, or not."""
        if self.watch.overtime > 0:
            self.halt()
        elif message["gone"] or self.watch.verdict is not None:
            self._replace(self.conclude(message))
        else:
            self._running = message["id"]
            self._count_outside()
            self.peak_outside = max(self.peak_outside, self._mark().peak_memory)
            self._control.send({"do": "go"})

    def halt(self) -> None:
        """Have no more tests begin: their time is over."""
        self.out_of_time = True
        self._control.send({"do": "halt"})

    def conclude(self, message: dict[str, Any]) -> Verdict:
        """Why the current candidate ended: in the running test, or outside of all."""
        known = self.watch.verdict is not None
        verdict = self.watch.conclude(message["cause"], message["detail"])
        if verdict.doubtful and not known:
            self.doubtful.add(self._running or OUTSIDE)
        return verdict

    def _step(self) -> bool:
        message, descriptors = self._wait()
        for _descriptor in descriptors:
            raise ProtocolViolation("descriptors from the examiner")
        if message["do"] == "done":
            self.noted = message.get("facts", [])
            return False
        self.hear(message)
        return True

    # Waiting, with an eye on the limits

    def _wait(self) -> tuple[dict[str, Any], list[int]]:
        while not self._control.buffered():
            if select.select([self._control], [], [], self.watch.candidate.meter.interval)[0]:
                break
            self._check_limits()
        return self._control.receive()

    def _check_limits(self) -> None:
        overtime = self.watch.overtime
        if overtime > 2 * _GRACE:
            self.examiner.declare_lost()
            raise SandboxFailure("the examiner does not end what it was told to end")
        if overtime > _GRACE:
            if not self.out_of_time:
                self.out_of_time = True
                self.examiner.end(self._number)
                self._control.socket.settimeout(_GRACE)
        elif overtime > 0:
            self.watch.end_in_overtime()
        elif self.watch.verdict is None:
            self.watch.check_usage()

    # Tests

    def _mark(self) -> Reading:
        self._last = self.watch.mark()
        self._started_at = time.monotonic()
        return self._last

    def _count_outside(self) -> None:
        self.outside += max(0.0, self.watch.candidate.meter.read().cpu_time - self._last.cpu_time)

    def _finish_test(self, message: dict[str, Any]) -> None:
        ended = time.monotonic()
        reading = self.watch.candidate.meter.read() if self.watch.verdict else self.watch.check_usage()
        outcome, text = message["outcome"], message["message"]
        if self.watch.verdict or message["gone"]:
            verdict = self.conclude(message)
            outcome, text = verdict.outcome, verdict.message
        elif outcome in ("failed", "error") and reading.oom_kills > self.watch.start.oom_kills:
            outcome = "out_of_memory"
            text = f"a process of the program used more than {self._limits.memory // 2**20} MiB of memory"
        self._running = None
        self._last = reading
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
            cpu_time=max(0.0, reading.cpu_time - self.watch.start.cpu_time),
            wall_time=ended - self._started_at,
            peak_memory=reading.peak_memory,
            awards=tuple((float(share), str(reason)) for share, reason in message["awards"]),
        )
        self.runs[run.test.id] = self._latest = run
        if message["change"] is not None:
            change, *rest = message["change"]
            self.reports.append((run, Report(Change(*change) if change else None, *rest)))
        self._on_test(run)

    def _replace(self, verdict: Verdict) -> None:
        if self.watch.overtime > 0:
            self.halt()
            return
        if self._running is None:
            self._count_outside()
        self.watch.replace()
        answer = {"do": "candidate", "outcome": verdict.outcome, "message": verdict.message}
        wire = self.watch.candidate.wire
        assert not isinstance(wire, str), "only the first candidate is expected"
        self._control.send(answer, [wire.fileno()])
        self._mark()

    def _close(self) -> None:
        self.watch.close()
        if self._number:
            self._control.close()
            try:
                self.examiner.end(self._number)
            except SandboxFailure:
                pass  # then its processes are gone as well
