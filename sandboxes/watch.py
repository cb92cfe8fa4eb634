"""The candidates of one submission: what each may use, and why it ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from .candidate import Candidate, Verdict
from .meters import Reading
from .pool import CandidatePool
from .suite import Limits

__all__ = ["Watch"]

_IDLE = 0.01
"""Seconds of CPU in which nobody has done anything."""


class Watch:
    """Takes one candidate after the other, and ends one that uses more than a test may.

    Args:
        pool: Gives candidates.
        files: The submission, which each is given.
        limits: What each test may use.

    Attributes:
        candidate: The one that runs.
        verdict: Why it ended, once that is known.
        start: The meter when the running test began, or what came before the first.
        python: Version of the candidate's interpreter.
    """

    def __init__(self, pool: CandidatePool, files: Mapping[str, bytes], limits: Limits) -> None:
        self._pool = pool
        self._files = files
        self._limits = limits
        self._taken: Candidate | None = None
        self._deadline = 0.0
        self._last_progress = Reading()
        self.verdict: Verdict | None = None
        self.start = Reading()
        self.python = ""

    @property
    def candidate(self) -> Candidate:
        assert self._taken is not None
        return self._taken

    @property
    def overtime(self) -> float:
        """Seconds since all tests together have taken what they may; below zero until then."""
        return time.monotonic() - self._deadline

    @property
    def overtime_message(self) -> str:
        """What the learner is told of it."""
        return f"all tests together took more than {self._limits.total_time:g} s"

    def begin(self, expect: Callable[[Candidate], str | None]) -> None:
        """Take the first candidate; the time of all tests begins.

        Args:
            expect: Has the examiner expect it; returns the name under which it does, if they can meet.

        Raises:
            SandboxFailure: None could be started.
        """
        self._take(expect)
        self._deadline = time.monotonic() + self._limits.total_time

    def replace(self) -> None:
        """Take a fresh candidate in place of the one that ended.

        Raises:
            SandboxFailure: None could be started.
        """
        # The process that it is for has begun: nobody else could take its connection there.
        self._take(lambda candidate: None)

    def _take(self, expect: Callable[[Candidate], str | None]) -> None:
        self.close()
        self._taken = self._pool.take()
        self.verdict = None
        self.python = self._taken.load(self._files, expect(self._taken))

    def close(self) -> None:
        """Give the candidate back."""
        if self._taken is not None:
            self._pool.discard(self._taken)
            self._taken = None

    def mark(self) -> Reading:
        """A test begins, or what comes before them; returns what was used until then."""
        self.start = self._last_progress = reading = self.candidate.meter.read()
        self.candidate.meter.start_peak()
        return reading

    def check_usage(self) -> Reading:
        """End a candidate that computes for too long or starts too much; returns what was used."""
        reading = self.candidate.meter.read()
        if reading.cpu_time - self.start.cpu_time > self._limits.cpu_time:
            computed = f"the program computed for more than {self._limits.cpu_time:g} s"
            self._end(Verdict("timed_out", f"{computed}: an endless loop?"))
        elif reading.process_denials > self.start.process_denials:
            # What it did start may still run, and would be counted as the next test's.
            ran = f"the program ran more than {self._limits.processes} processes and threads at once"
            self._end(Verdict("crashed", f"{ran}, and was stopped"))
        return reading

    def check_progress(self) -> None:
        """End a candidate that was waited for in vain for a while, and has done nothing meanwhile."""
        reading = self.candidate.meter.read()
        idle = reading.cpu_time - self._last_progress.cpu_time < _IDLE
        self._last_progress = reading
        if idle:
            waited = f"the program waited for {self._limits.stall_time:g} s without doing anything"
            self._end(Verdict("timed_out", f"{waited}: a deadlock, or a long sleep?"))

    def end_in_overtime(self) -> None:
        """End the candidate since all tests together took too long."""
        self._end(Verdict("timed_out", self.overtime_message))

    def _end(self, verdict: Verdict) -> None:
        if self.verdict is None:
            self.verdict = verdict
            self.candidate.destroy()

    def conclude(self, cause: str, detail: str) -> Verdict:
        """Why the candidate ended.

        Args:
            cause: What the examiner saw of it (see ``CandidateGone``).
            detail: Likewise.
        """
        if self.verdict is None:
            self.verdict = self.candidate.verdict(self.start.oom_kills, cause, detail)
        return self.verdict
