"""The ``program`` fixture: the learner's program as a process in the candidate, with its input, output and files."""

from __future__ import annotations

import difflib
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, get_args

from .connection import Connection

__all__ = ["Program", "Result", "Session"]

Content = str | bytes


def _bytes(content: Content) -> bytes:
    return content.encode() if isinstance(content, str) else content


@dataclass(frozen=True)
class Result:
    """What a finished program left behind.

    Attributes:
        exit_code: Exit status; negative for the signal that ended it.
        stdout: What it printed.
        stderr: What it printed to standard error.
        files: Content of the regular files in its folder, by relative path.
    """

    exit_code: int
    stdout: str
    stderr: str
    files: dict[str, bytes] = field(default_factory=dict)

    def text(self, path: str) -> str:
        """The text of a file that the program left.

        Raises:
            AssertionError: There is none of that name.
        """
        if path not in self.files:
            raise AssertionError(f"the program wrote no file {path}; it left {sorted(self.files) or 'none'}")
        return self.files[path].decode("utf-8", "replace")

    def expect(self, stdout: str | None = None, *, exit_code: int | None = 0, stderr: str | None = None) -> Result:
        """Check output and exit status; trailing white space of lines and of the whole does not count.

        Raises:
            AssertionError: Something differs; the message shows where, line by line.
        """
        __tracebackhide__ = True
        if exit_code is not None and self.exit_code != exit_code:
            raise AssertionError(
                f"the program ended with exit status {self.exit_code}, {exit_code} was expected{_tail(self.stderr)}"
            )
        for name, expected, actual in (("output", stdout, self.stdout), ("error output", stderr, self.stderr)):
            if expected is not None and _lines(expected) != _lines(actual):
                raise AssertionError(f"the {name} differs:\n{_difference(expected, actual)}")
        return self


_MOST_BUSY = 20
"""How many times its timeout a program may be waited for while it computes."""


class Session:
    """A running program to talk with."""

    def __init__(self, connection: Connection, number: int, limit: int) -> None:
        self._connection = connection
        self._number = number
        self._limit = limit
        self._size = 0
        self._used = 0.0
        self._unread = ""
        self._transcript: list[str] = []
        self._stderr = ""
        self._ended = False
        self.result: Result | None = None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self.result and not self._connection.gone:
            self.end()

    def send(self, line: str) -> Session:
        """Type a line (the newline is added)."""
        self._transcript.append(f"> {line}")
        self._ask("write", f"{line}\n".encode())
        return self

    def expect(self, text: str | re.Pattern[str], timeout: float = 5.0) -> Session:
        """Wait until the program has printed ``text`` (or something the pattern matches), past what was expected before.

        Args:
            text: What to wait for.
            timeout: Seconds of silence after which the program is not going to print it. Seconds in which it computes are
                none: how many it needs depends on what else the machine does, and too many end the test anyway.

        Raises:
            AssertionError: It printed something else, ended, or fell silent; the message shows the conversation.
        """
        __tracebackhide__ = True
        pattern = text if isinstance(text, re.Pattern) else re.compile(re.escape(text))
        while True:
            match = pattern.search(self._unread)
            if match:
                self._transcript.append(self._unread[: match.end()])
                self._unread = self._unread[match.end() :]
                return self
            if self._ended:
                self._fail(pattern, "ended")
            if not self._read(timeout) and not self._ended:
                self._fail(pattern, f"printed nothing more for {timeout:g} seconds")

    def close_input(self) -> Session:
        """End standard input, as Ctrl-D does."""
        self._ask("close")
        return self

    def finish(self, exit_code: int | None = 0, timeout: float = 5.0) -> Result:
        """Wait for the program's end and check its exit status.

        Raises:
            AssertionError: It does not end, or with another status.
        """
        __tracebackhide__ = True
        self._ask("close")
        while not self._ended and self._read(timeout):
            pass
        (code,) = _checked(self._connection, [self._ask("wait", timeout)], int | None)
        if code is None:
            raise AssertionError(f"the program does not end\n{self._conversation()}")
        result = self.end()
        if exit_code is not None and code != exit_code:
            raise AssertionError(f"the program ended with exit status {code}, {exit_code} was expected{_tail(self._stderr)}")
        return result

    def end(self) -> Result:
        """End the program, whatever it is doing."""
        if self.result is None:
            code, files = _checked(self._connection, self._ask("end"), int, dict)
            self.result = Result(code, "".join(self._transcript) + self._unread, self._stderr, files)
        return self.result

    def _read(self, timeout: float) -> bool:
        deadline = time.monotonic() + timeout
        # What it says of the CPU it uses may be a lie.
        last = time.monotonic() + _MOST_BUSY * timeout
        while True:
            answer = self._ask("read", max(0.0, min(1.0, timeout / 4, deadline - time.monotonic())))
            out, err, self._ended, used = _checked(self._connection, answer, bytes, bytes, bool, float)
            if used > self._used:
                self._used, deadline = used, min(time.monotonic() + timeout, last)
            self._unread += out.decode("utf-8", "replace")
            self._stderr += err.decode("utf-8", "replace")
            self._size += len(out) + len(err)
            if self._size > self._limit:
                self._connection.end("output", f"the program printed more than {self._limit:,} bytes")
            if out or err or self._ended or time.monotonic() >= deadline:
                return bool(out or err)

    def _ask(self, operation: str, *values: Any) -> Any:
        return self._connection.request("program", operation, self._number, *values)

    def _fail(self, pattern: re.Pattern[str], what: str) -> None:
        __tracebackhide__ = True
        wanted = pattern.pattern.replace("\\", "")
        raise AssertionError(f"expected {wanted!r}, but the program {what}\n{self._conversation()}{_tail(self._stderr)}")

    def _conversation(self) -> str:
        text = "\n".join([*self._transcript, self._unread]).strip("\n")
        return f"the conversation so far:\n{text or '(nothing)'}"


class Program:
    """The learner's program.

    Args:
        connection: The wire.
        file: Its main file, relative to the submission.
        limit: Bytes of output that a run may make.
    """

    def __init__(self, connection: Connection, file: str, limit: int) -> None:
        self._connection = connection
        self._file = file
        self._limit = limit
        self._sessions: list[Session] = []

    def named(self, file: str) -> Program:
        """Another program of the submission, by the name of its file."""
        return Program(self._connection, file, self._limit)

    def run(
        self,
        *arguments: str,
        stdin: Content = "",
        files: Mapping[str, Content] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Result:
        """Run the program to its end, in a folder of its own that holds ``files``."""
        answer = self._connection.request(
            "program", "run", self._file, list(map(str, arguments)), self._files(files), dict(env or {}),
            _bytes(stdin), self._limit,
        )  # fmt: skip
        code, out, err, left, overflow = _checked(self._connection, answer, int | None, bytes, bytes, dict, bool)
        if overflow:
            self._connection.end("output", f"the program printed more than {self._limit:,} bytes")
        return Result(code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"), left)

    def start(
        self, *arguments: str, files: Mapping[str, Content] | None = None, env: Mapping[str, str] | None = None
    ) -> Session:
        """Start the program and talk with it; it ends with the test at the latest."""
        number = self._connection.request(
            "program", "start", self._file, list(map(str, arguments)), self._files(files), dict(env or {})
        )
        session = Session(self._connection, number, self._limit)
        self._sessions.append(session)
        return session

    def end_sessions(self) -> None:
        """End what a test left running."""
        sessions, self._sessions = self._sessions, []
        for session in sessions:
            if not self._connection.gone:
                session.end()

    @staticmethod
    def _files(files: Mapping[str, Content] | None) -> dict[str, bytes]:
        return {name: _bytes(content) for name, content in (files or {}).items()}


def _checked(connection: Connection, answer: Any, *kinds: Any) -> list[Any]:
    """The parts of an answer, if they are what an honest candidate sends: an object in place of a text can say anything."""
    parts = list(answer) if type(answer) in (list, tuple) else []
    good = len(parts) == len(kinds) and all(
        type(part) in get_args(kind) or type(part) is kind for part, kind in zip(parts, kinds, strict=True)
    )
    files = (part for part in parts if type(part) is dict)
    if not good or any(type(path) is not str or type(data) is not bytes for left in files for path, data in left.items()):
        connection.end(
            "protocol", "the program interfered with the grader's connection (an answer about a program that is none)"
        )
    return parts


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


def _difference(expected: str, actual: str) -> str:
    diff = difflib.unified_diff(_lines(expected), _lines(actual), "expected", "printed", lineterm="")
    return "\n".join(list(diff)[:200])


def _tail(stderr: str) -> str:
    last = "\n".join(stderr.rstrip().splitlines()[-15:])
    return f"\nIt printed to standard error:\n{last}" if last else ""
