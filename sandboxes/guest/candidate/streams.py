"""Standard streams of the learner's code: what it prints travels with the next message, what it reads is asked for."""

from __future__ import annotations

import builtins
import fcntl
import io
import os
import sys
import tempfile
from typing import Any

from ..objects.peer import Peer

__all__ = ["Streams"]

_FLUSH_AT = 64 * 1024


class _Writer(io.RawIOBase):
    """Collects what is written, in order with the other writer."""

    def __init__(self, streams: Streams, number: int) -> None:
        self._streams = streams
        self._number = number

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._streams.collect(self._number, bytes(data))
        return len(data)


class _Reader:
    """``sys.stdin``: each method is carried out on the examiner's."""

    encoding = "utf-8"
    closed = False

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def read(self, size: int = -1) -> str:
        return self._peer.request("stdin", "read", size)

    def readline(self, size: int = -1) -> str:
        return self._peer.request("stdin", "readline", size)

    def readlines(self, hint: int = -1) -> list[str]:
        return list(self)

    def __iter__(self) -> Any:
        return iter(self.readline, "")

    def isatty(self) -> bool:
        return False

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        raise io.UnsupportedOperation("standard input has no file descriptor here")


class Streams:
    """Redirects the process's standard streams.

    Child processes and C code write to descriptors 1 and 2, which are files without a name, read after each call.
    """

    def __init__(self) -> None:
        self._pieces: list[list[Any]] = []
        self._size = 0
        self._peer: Peer | None = None
        self._files = {number: self._capture(number) for number in (1, 2)}

    def install(self, peer: Peer) -> None:
        """Put the streams in place of the interpreter's own."""
        self._peer = peer
        sys.stdout = sys.__stdout__ = self._text(1)  # type: ignore[misc]
        sys.stderr = sys.__stderr__ = self._text(2)  # type: ignore[misc]
        sys.stdin = sys.__stdin__ = _Reader(peer)  # type: ignore[misc, assignment]

        def ask(prompt: object = "", /) -> str:
            return peer.request("input", None, str(prompt))

        ask.__name__ = ask.__qualname__ = "input"
        builtins.input = ask
        os.register_at_fork(after_in_child=self._in_child)

    def collect(self, number: int, data: bytes) -> None:
        """Keep what was written; hand it over when it grows large."""
        self._pieces.append([number, data])
        self._size += len(data)
        if self._size >= _FLUSH_AT and self._peer is not None:
            self._peer.request("output", None)

    def take(self) -> list[list[Any]]:
        """What was written since the last call: ``[1 or 2, bytes]`` each."""
        pieces, self._pieces, self._size = self._pieces, [], 0
        for number, descriptor in self._files.items():
            if size := os.lseek(descriptor, 0, os.SEEK_END):
                pieces.append([number, os.pread(descriptor, min(size, 4 << 20), 0)])
                os.ftruncate(descriptor, 0)
        return pieces

    def _text(self, number: int) -> io.TextIOWrapper:
        return io.TextIOWrapper(
            _Writer(self, number),  # type: ignore[arg-type]
            encoding="utf-8",
            errors="surrogateescape",
            write_through=True,
        )

    @staticmethod
    def _capture(number: int) -> int:
        # Not in anonymous memory, which could be executed: the filter of system calls allows none.
        with tempfile.TemporaryFile(buffering=0) as file:
            fcntl.fcntl(file, fcntl.F_SETFL, os.O_APPEND)
            os.dup2(file.fileno(), number)
            return os.dup(file.fileno())

    def _in_child(self) -> None:
        # A forked child writes to the files, and asks nobody.
        sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False, buffering=1) for number in (1, 2))
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY))
