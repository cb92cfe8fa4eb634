"""Run several programs as one: start them, start again those that end, stop them in order."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..store.private import private_folder

__all__ = ["Program", "Supervisor"]

_log = logging.getLogger(__name__)
_PR_SET_PDEATHSIG = 1
_LONGEST_PAUSE = 10.0
_LIVED_WELL = 10.0
_LOG_KEPT = 10 * 2**20


@dataclass
class Program:
    """A program to be kept running.

    Attributes:
        name: For people, and of its log.
        command: What to run.
        patience: Seconds that it may take to stop when asked to.
        needed: Whether the others need it to stop well, so that it is stopped after them.
    """

    name: str
    command: Sequence[str]
    patience: float = 10.0
    needed: bool = False
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _started: float = 0.0
    _pause: float = 0.5
    _start_at: float = 0.0

    @property
    def pid(self) -> int | None:
        """Its process; None while it doesn't run."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None


class Supervisor:
    """Keeps programs running. They end with it, also when it is killed.

    Args:
        logs: Folder for what they print.
        environment: Their environment.
    """

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self._logs = logs
        self._environment = dict(environment)
        self._programs: list[Program] = []
        private_folder(logs)

    def add(self, program: Program) -> None:
        """Start a program."""
        self._programs.append(program)
        self._start(program)

    def look(self) -> list[str]:
        """Start again what has ended; returns the names of those that had."""
        ended = []
        now = time.monotonic()
        for program in self._programs:
            if program.pid is not None:
                continue
            if program._process is not None:
                ended.append(program.name)
                _log.warning("%s ended with status %s", program.name, program._process.returncode)
                program._pause = 0.5 if now - program._started > _LIVED_WELL else min(2 * program._pause, _LONGEST_PAUSE)
                program._start_at = now + program._pause - 0.5
                program._process = None
            if now >= program._start_at:
                self._start(program)
        return ended

    def stop(self) -> None:
        """Stop all, those that the others need last; who doesn't stop in time is killed."""
        for needed in (False, True):
            running = [one for one in self._programs if one.needed == needed and one.pid is not None]
            for program in running:
                assert program._process is not None
                program._process.terminate()
            started = time.monotonic()
            for program in running:
                assert program._process is not None
                _wait(program._process, program, started)
        self._programs.clear()

    def _start(self, program: Program) -> None:
        path = self._logs / f"{program.name}.log"
        if path.exists() and path.stat().st_size > _LOG_KEPT:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            # Of its own session: an interrupt from the terminal is for the supervisor, which stops the others in order.
            program._process = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        program._started = time.monotonic()


def _wait(process: subprocess.Popen[bytes], program: Program, started: float) -> None:
    try:
        process.wait(max(0.1, started + program.patience - time.monotonic()))
    except subprocess.TimeoutExpired:
        _log.warning("%s did not stop within %g s", program.name, program.patience)
        _kill_group(process)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
