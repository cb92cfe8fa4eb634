"""Paths that a submission gives: none leads a test to the files of the tests, nor to what the system tells of this process.

A test opens the path that a function returns, or hands over a function that opens one. The tests are files of the process
that does so; the submission knows where. So a path to them is taken from the other side only if the tests gave it that
path, or a right solution names it in the same test.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from typing import Any

from ..objects.contract import Contract
from ..wire import tags
from ..wire.errors import CannotCross

__all__ = ["OF_THE_SYSTEM", "Paths"]

OF_THE_SYSTEM = ("/proc", "/sys", "/dev/fd", "/dev/stdin", "/dev/shm", "/dev/mqueue")
"""Where the system tells of the process that asks, or keeps what it shares."""
_CLIMBING = re.compile(r"(?:\.\./)+")


class Paths:
    """Tells which texts of a message are paths that the other side has no reason to give.

    Args:
        home: Folder that holds ``tests/``, in which tests run.
    """

    def __init__(self, home: str) -> None:
        self._home = home
        self._roots = (os.fsencode(home), b"/proc", b"/sys", b"/dev")
        self._folders = [home, *(f"{home}/tests{kind}" for kind in ("", "/public", "/hidden"))]
        self._given: set[str] = set()

    def may_name_files(self, payload: bytes) -> bool:
        """Whether there may be such paths in a message: a quick look at its bytes."""
        # Each message is looked at on its way; most have none of these. The last one is how a message says ".".
        if b"/" in payload and any(root in payload for root in self._roots):
            return True
        return b"tests" in payload or b".." in payload or b"\xa1." in payload

    def give(self, body: Any) -> None:
        """Note the paths in a message that is sent."""
        self._given.update(self._private(body))

    def check(self, body: Any, contract: Contract) -> None:
        """See that a message names none of which nobody gave the other side a reason.

        Raises:
            CannotCross: It does.
        """
        for path in self._private(body):
            if path not in self._given and not contract.may_name(path):
                raise CannotCross(f"the path {path!r}, which is none of the submission's")

    def private_file(self, path: Any) -> str | None:
        """The file that a path leads to in the end, if it is one of the tests' or the system's; else None."""
        try:
            real = os.path.realpath(os.fsdecode("." if path is None else path))
        except (TypeError, ValueError):
            return None
        return real if self._is_under(real) and os.path.lexists(real) else None

    def roots_in(self, text: str) -> Iterator[str]:
        """The private folders that are named somewhere in a text."""
        yield from (root for root in (self._home, *OF_THE_SYSTEM) if root in text)

    def _is_under(self, path: str) -> bool:
        return any(path == root or path.startswith(f"{root}/") for root in (self._home, *OF_THE_SYSTEM))

    def _private(self, body: Any) -> Iterator[str]:
        for text, is_path in _texts(body):
            try:
                path = posixpath.normpath(os.fsdecode(text))
                is_private = self._is_private(path, os.fsdecode(text), is_path)
            except (UnicodeError, ValueError):  # nothing that could be opened
                continue
            if is_private:
                yield path

    def _is_private(self, path: str, text: str, is_path: bool) -> bool:
        path = path.replace("//", "/", 1) if path.startswith("//") else path
        if path.startswith("/"):
            return self._is_under(path) or self._is_under(os.path.realpath(text))
        if path == ".":  # any full stop, but for a path
            return is_path
        climbing = _CLIMBING.match(f"{path}/")
        if climbing is None:
            return path.startswith("tests") and self._exists(f"{self._home}/{path}", is_path)
        rest = f"{path}/"[climbing.end() :].rstrip("/")
        if self._is_under(f"/{rest}") or self._is_under(os.path.realpath(f"/any/{text}")):
            return True
        return any(self._exists(f"{folder}/{rest}", is_path) for folder in self._folders)

    @staticmethod
    def _exists(path: str, is_path: bool) -> bool:
        # "tests" is a word like any other; a folder by a name of that kind is meant only by what is a path.
        return os.path.exists(path) if is_path else os.path.isfile(path)


def _texts(body: Any) -> Iterator[tuple[str | bytes, bool]]:
    """The texts in a message, and whether each stands for a path."""
    waiting = [body]
    while waiting:
        parts = waiting.pop()
        is_path = len(parts) == 3 and parts[0] == tags.PATH
        for part in parts:
            if type(part) is list:
                waiting.append(part)
            elif type(part) is str or type(part) is bytes:
                yield part, is_path
