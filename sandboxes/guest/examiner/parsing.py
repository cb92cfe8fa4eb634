"""Whether text is Python, found out where nothing can happen to anybody: in a process of its own, with little to use up."""

from __future__ import annotations

import ast
import json
import os
import re
import resource
import select
import signal
import time
import warnings
from dataclasses import dataclass

__all__ = ["Unreadable", "parsed", "source_text", "why_unreadable"]

_CPU = 10
"""Seconds that Python's parser may compute. A megabyte of honest text takes one."""
_WALL = 120.0
_MEMORY = 1024 * 1024 * 1024
_ANSWER = 4096
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LIKE_ASCII = frozenset({"ascii", "us-ascii", "latin-1", "latin1", "iso-8859-1", "iso-8859-15", "cp1252", "windows-1252"})
"""Encodings in which bytes below 128 mean what they mean in UTF-8."""


@dataclass(frozen=True)
class Unreadable:
    """Why text can't be read as Python.

    Attributes:
        reason: In a few words.
        line: Counted from 1.
    """

    reason: str
    line: int = 1


def source_text(data: bytes) -> str | Unreadable:
    """The text of a Python file, as tools and Python read it alike: UTF-8.

    A file that declares another encoding is not read: tools would read other text than Python does, which may be code.
    """
    for number, line in enumerate(_LINE_END.split(data, maxsplit=2)[:2], start=1):
        match = _COOKIE.match(line)
        if match is not None and not _is_utf8(match[1].decode("ascii", "replace"), data):
            return Unreadable(f"it declares the encoding {match[1].decode('ascii', 'replace')!r}: save it as UTF-8", number)
    if b"\0" in data:
        return Unreadable("it contains a NUL byte", data[: data.index(b"\0")].count(b"\n") + 1)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return Unreadable(f"it is not UTF-8 text: {error.reason}", data[: error.start].count(b"\n") + 1)


def why_unreadable(text: str, seconds: int = _CPU) -> Unreadable | None:
    """Why text is no Python; None if it is.

    It is parsed in a child process, which may crash, or use up what it was given, without anybody being harmed.

    Args:
        text: What to parse.
        seconds: Of CPU that the parser may use.

    Raises:
        TimeoutError: The child neither answers nor uses them up.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _answer(text, writer, min(seconds, _CPU))
    os.close(writer)
    answer = _read(reader)
    os.close(reader)
    if answer is None:
        os.kill(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    if answer is None:
        raise TimeoutError(f"Python's parser neither answered nor computed for {_WALL:g} s")
    if not answer:
        return Unreadable(f"Python's parser gives up on it ({_ending(status)})")
    reason, line = json.loads(answer)
    return Unreadable(reason, line) if reason else None


def parsed(text: str) -> ast.Module:
    """The syntax tree.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError, SystemError: It is no Python, or nested too deeply.
    """
    with warnings.catch_warnings():
        # What a test's settings make of warnings is not what makes text Python.
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _is_utf8(encoding: str, data: bytes) -> bool:
    name = encoding.lower().replace("_", "-")
    return name in ("utf-8", "utf8") or name.startswith("utf-8-") or (name in _LIKE_ASCII and data.isascii())


def _answer(text: str, writer: int, seconds: int) -> None:
    """Say what the parser finds, and end this process."""
    try:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        memory = _MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        os.write(writer, json.dumps(_complaint(text)).encode()[:_ANSWER])
    finally:
        os._exit(0)


def _complaint(text: str) -> tuple[str, int]:
    try:
        parsed(text.removeprefix("\ufeff"))
    except SyntaxError as error:
        return f"{error.msg}"[:200], max(1, error.lineno or 1)
    except (RecursionError, MemoryError, SystemError):
        return "it is nested too deeply, or too large, for Python's parser", 1
    except ValueError as error:
        return f"{error}"[:200], 1
    return "", 0


def _read(reader: int) -> bytes | None:
    """What the child wrote before it ended; None if it never does."""
    deadline = time.monotonic() + _WALL
    answer = b""
    while True:
        if not select.select([reader], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return None
        chunk = os.read(reader, _ANSWER)
        if not chunk:
            return answer
        answer += chunk


def _ending(status: int) -> str:
    if os.WIFSIGNALED(status):
        return (
            "too long"
            if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
            else signal.Signals(os.WTERMSIG(status)).name
        )
    return "out of memory"
