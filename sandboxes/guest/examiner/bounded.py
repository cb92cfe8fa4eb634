"""Runs programs that read hostile text: bounded in time, memory and output, so that they harm nobody who is near."""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

__all__ = ["Budget", "ToolFailed"]

_MEMORY = 1024 * 1024 * 1024
_OUTPUT = 64 * 1024 * 1024
_ERRORS = 1024 * 1024
_EACH = 30.0
"""Seconds of CPU for one process."""
_STUCK = 180.0
"""Seconds of wall clock after which a process that has not used up its CPU is stuck, or the machine is: our failure."""
_SHOWN = 300
_Result = TypeVar("_Result")


class ToolFailed(Exception):
    """A tool could not cope with the text that it was given."""


class Budget:
    """Seconds of CPU that all tools together may take for one submission.

    Args:
        seconds: How many.
        folder: Where nothing of the submission is: processes start there.
    """

    def __init__(self, seconds: float, folder: str) -> None:
        self._left = seconds
        self._folder = folder

    def at_least(self, seconds: float) -> None:
        """Have so many seconds left."""
        self._left = max(self._left, seconds)

    def run(self, command: list[str], environment: Mapping[str, str], good: tuple[int, ...]) -> bytes:
        """What a program prints.

        Args:
            command: With its arguments.
            environment: All that is in its environment.
            good: Statuses that say that it did its work.

        Raises:
            ToolFailed: It crashed, or used up what it may.
            OSError: There is no such program.
            TimeoutError: It neither computes nor ends.
        """
        return self.spend(lambda seconds: self._run(command, environment, good, seconds))

    def spend(self, work: Callable[[int], _Result]) -> _Result:
        """Let something run child processes, for so many seconds as it is told.

        Raises:
            ToolFailed: There are none left.
        """
        seconds = int(min(self._left, _EACH))
        if seconds < 1:
            raise ToolFailed("all tools together took too long on this submission")
        before = _children_cpu()
        try:
            return work(seconds)
        finally:
            self._left -= _children_cpu() - before

    def _run(self, command: list[str], environment: Mapping[str, str], good: tuple[int, ...], seconds: int) -> bytes:
        complaints = Path(self._folder, "errors")

        def confine() -> None:
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
            resource.setrlimit(resource.RLIMIT_FSIZE, (_ERRORS, _ERRORS))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        with complaints.open("wb") as errors:
            process = subprocess.Popen(
                command,
                cwd=self._folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                # Safe: the process that inspects has no other thread.
                preexec_fn=confine,
            )
            try:
                output = _output(process)
            finally:
                process.kill()
                process.wait()
        if process.returncode not in good:
            raise ToolFailed(_ending(process.returncode, seconds, complaints.read_bytes() or output))
        return output


def _output(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    deadline = time.monotonic() + _STUCK
    chunks, size = [], 0
    with process.stdout as pipe:
        while True:
            if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise TimeoutError(f"{process.args!r:.100} did not end in {_STUCK:g} s")
            chunk = os.read(pipe.fileno(), 1024 * 1024)
            if not chunk:
                break
            chunks.append(chunk)
            size += len(chunk)
            if size > _OUTPUT:
                raise ToolFailed("there is more to say about it than anybody could read")
    process.wait()
    return b"".join(chunks)


def _ending(status: int, seconds: int, said: bytes) -> str:
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"it takes more than {seconds} s"
    text = said.decode(errors="replace").strip()[-_SHOWN:]
    if status < 0:
        return f"it ends with {signal.Signals(-status).name}" + (f": {text.splitlines()[-1]}" if text else "")
    return f"it ends with status {status}: {text}"


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
