"""The learner's programs as processes, for the examiner's ``program`` fixture."""

from __future__ import annotations

import itertools
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..tree import Tree

__all__ = ["Programs"]

_CHUNK = 64 * 1024


class _Session:
    """A running process and the folder it runs in."""

    def __init__(self, command: list[str], folder: str, environment: dict[str, str]) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
        )
        self._selector = selectors.DefaultSelector()
        for number, pipe in ((1, self.process.stdout), (2, self.process.stderr)):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, selectors.EVENT_READ, number)

    def read(self, patience: float) -> list[Any]:
        """Output that is there now, or comes within ``patience`` seconds: ``[stdout, stderr, ended, seconds of CPU]``."""
        found = {1: b"", 2: b""}
        for key, _events in self._selector.select(patience):
            data = os.read(key.fd, _CHUNK)
            if data:
                found[key.data] += data
            else:
                self._selector.unregister(key.fileobj)
        return [found[1], found[2], not self._selector.get_map(), self._cpu_time()]

    def _cpu_time(self) -> float:
        """Seconds that the process and those it started have used so far."""
        ticks = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_bytes().rpartition(b")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid:
                ticks += sum(map(int, fields[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def write(self, data: bytes) -> bool:
        """Send to standard input; false when the program no longer reads."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(data)
        except (BrokenPipeError, ValueError):
            return False
        return True

    def close_input(self) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass

    def end(self) -> int:
        """End the process and all it started; returns its exit status (negative for a signal)."""
        code = self.process.poll()
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self._selector.close()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    pass
        return self.process.returncode if code is None else code


class Programs:
    """Starts the learner's programs.

    Args:
        home: Folder of the submission.
        scratch: Folder in which each run gets a folder of its own.
    """

    def __init__(self, home: str, scratch: str) -> None:
        self._home = home
        self._scratch = scratch
        self._numbers = itertools.count(1)
        self._sessions: dict[int, _Session] = {}

    def serve(self, operation: str, *values: Any) -> Any:
        """Carry out one operation of the ``program`` fixture."""
        operations: dict[str, Callable[..., Any]] = {
            "run": self._run,
            "start": self._start,
            "read": lambda number, patience: self._sessions[number].read(patience),
            "write": lambda number, data: self._sessions[number].write(data),
            "close": lambda number: self._sessions[number].close_input(),
            "wait": self._wait,
            "end": self._end,
        }
        return operations[operation](*values)

    def _start(self, file: str, arguments: list[str], files: dict[str, bytes], environment: dict[str, str]) -> int:
        number = next(self._numbers)
        folder = os.path.join(self._scratch, f"run-{number}")
        os.makedirs(folder)
        Tree(folder).apply([[name, content] for name, content in files.items()])
        command = [sys.executable, os.path.join(self._home, file), *arguments]
        self._sessions[number] = _Session(command, folder, {**os.environ, **environment})
        return number

    def _run(
        self,
        file: str,
        arguments: list[str],
        files: dict[str, bytes],
        environment: dict[str, str],
        stdin: bytes,
        limit: int,
    ) -> list[Any]:
        """Run to the end: ``[exit status, stdout, stderr, files, overflow]``; stops at ``limit`` bytes of output."""
        number = self._start(file, arguments, files, environment)
        session = self._sessions[number]
        assert session.process.stdin is not None
        os.set_blocking(session.process.stdin.fileno(), False)
        out, err, ended, overflow = b"", b"", False, False
        while not ended and not overflow:
            if stdin:
                stdin = self._feed(session, stdin)
            if not stdin:
                session.close_input()
            new_out, new_err, ended, _cpu = session.read(0.001 if stdin else 3600.0)
            out, err = out + new_out, err + new_err
            overflow = len(out) + len(err) > limit
        code = None if overflow else self._wait(number, 3600.0)
        result = [code, out[:limit], err[:limit], self._files(session.folder), overflow]
        self._end(number)
        return result

    @staticmethod
    def _feed(session: _Session, data: bytes) -> bytes:
        assert session.process.stdin is not None
        try:
            return data[os.write(session.process.stdin.fileno(), data[:_CHUNK]) :]
        except BlockingIOError:
            return data
        except BrokenPipeError:
            return b""

    def _wait(self, number: int, patience: float) -> int | None:
        """The exit status, or ``None`` when the program still runs after ``patience`` seconds."""
        try:
            return self._sessions[number].process.wait(patience)
        except subprocess.TimeoutExpired:
            return None

    def _end(self, number: int) -> list[Any]:
        """End a session: ``[exit status, files]``."""
        session = self._sessions.pop(number)
        code = session.end()
        return [code, self._files(session.folder)]

    @staticmethod
    def _files(folder: str) -> dict[str, bytes]:
        if not Path(folder).is_dir():
            return {}
        return {path: data for path, data in Tree(folder).everything() if type(data) is bytes}
