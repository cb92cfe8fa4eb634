"""Files that the code of tests opens: of the tests' own, or of the system's, only those that it opens for a right solution.

A path may reach a test in many ways: printed, in a file, in pieces, by a link in an archive. Where it ends, it is known; so
each opening is looked at as it happens (PEP 578). What Python and pytest open by themselves (modules, lines of a traceback)
is their own affair.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from types import FrameType
from typing import Any
from urllib.parse import unquote, urlsplit

from ..objects.contract import Contract
from . import databases
from .audit import hear
from .paths import Paths

__all__ = ["Openings", "own_descriptors"]

_STANDARD = 2
_OFTEN = 4
"""Who opens a file so many times in a test may open it any number of times."""
_PROGRAM = "the program"
_SERVING = f"{__name__.rpartition('.')[0]}.requests"
_MACHINERY = frozenset({"_pytest", "pluggy", "sandboxes"})
_OF_PATHS = frozenset({"open", "os.listdir", "os.scandir", "sqlite3.connect"})
_OF_COMMANDS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"})
_CALLER = 2
"""Frames from the listener to who opens a file: between them is the hook."""


class Openings:
    """Refuses what no right solution leads tests to open, with ``PermissionError``, from its making on.

    Args:
        paths: Tells which files are private.
        contract: Notes what is opened while the reference runs.
        descriptors: Gives numbers of open files that are this process's own, which no test opens by their number.
        depth: Tells how many requests of the program are under way in this thread.
    """

    def __init__(
        self, paths: Paths, contract: Contract, descriptors: Callable[[], set[int]], depth: Callable[[], int]
    ) -> None:
        self._paths = paths
        self._contract = contract
        self._descriptors = descriptors
        self._depth = depth
        self._in_test = False
        self._times: Counter[str] = Counter()
        hear([*_OF_PATHS, *_OF_COMMANDS], self._audit)

    @contextmanager
    def of_a_test(self) -> Iterator[None]:
        """Hold what is opened meanwhile for the running test's: not for what all tests share, as files and fixtures do."""
        self._in_test = True
        self._times.clear()
        try:
            yield
        finally:
            self._in_test = False

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event in _OF_PATHS:
            opened: Iterable[Any] = (_file_of(args[0]),) if event == "sqlite3.connect" else (args[0],)
        else:
            opened = self._words(args)
        for one in opened:
            path = _plain(one)
            if type(path) is int:
                if (path < 0 or path in self._descriptors()) and _opener(sys._getframe(_CALLER)):
                    raise PermissionError(f"the file number {path} is none of the test's")
                continue
            real = self._paths.private_file(path)
            opener = _opener(sys._getframe(_CALLER)) if real is not None else None
            if real is not None and opener is not None and not self._may_open(real, opener):
                raise PermissionError(
                    f"{real} is none of the submission's files, and no right solution leads this test to it"
                )

    def _may_open(self, path: str, opener: str) -> bool:
        helper = opener if opener != _PROGRAM and not opener.rpartition(".")[2].startswith("test") else None
        if not self._in_test:
            return self._contract.may_open(path, "before", helper)
        if self._depth():
            return self._contract.may_open(path, "within", helper)
        # A test that opens what it expects does so once more for a program that leads it there.
        self._times[path] += 1
        return self._contract.may_open(path, str(min(self._times[path], _OFTEN)), helper)

    def _words(self, args: tuple[Any, ...]) -> Iterator[Any]:
        """What may be a path among the arguments of a command: a word, or what a shell finds in it."""
        folder = _plain(args[2] if args[2:] else None)
        for text in map(os.fsdecode, _flat(args)):
            yield os.path.join(folder, text) if isinstance(folder, str | PurePath) else text
            yield from self._paths.roots_in(text)


def _plain(path: Any) -> Any:
    """A path or a number without methods of the submission; -1 for what would say each time what it likes."""
    kind = type(path)
    if issubclass(kind, str):
        return str.__str__(path)
    if issubclass(kind, bytes):
        return memoryview(path).tobytes()
    if issubclass(kind, int):
        return int.__int__(path)
    return path if path is None or issubclass(kind, PurePath) else -1


def _flat(args: Any) -> Iterator[Any]:
    for value in args:
        if isinstance(value, list | tuple):
            yield from _flat(value)
        elif isinstance(value, dict):
            yield from _flat([*value.values()])
        elif isinstance(plain := _plain(value), str | bytes | PurePath):
            yield plain


def _file_of(database: Any) -> Any:
    """The file that SQLite opens for a name, which may be an address (https://sqlite.org/uri.html)."""
    name = _plain(database)
    return unquote(urlsplit(name).path) if isinstance(name, str) and name.startswith("file:") else name


def _opener(frame: FrameType | None) -> str | None:
    """Who opens a file, by whatever functions of libraries: a function of the tests, or the program; None if pytest does."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__") or "")
        if name == _SERVING:  # it called such a function, which the test handed over
            return _PROGRAM
        top = name.partition(".")[0]
        if top in _MACHINERY and name != databases.__name__:
            return None
        if top not in _MACHINERY and top not in sys.stdlib_module_names and not top.startswith("_frozen"):
            return f"{name}.{frame.f_code.co_qualname}"
        frame = frame.f_back
    return "a thread"


def own_descriptors() -> set[int]:
    """Numbers of all files that are open, but for the standard streams."""
    return {number for number in map(int, os.listdir("/proc/self/fd")) if number > _STANDARD and _is_open(number)}


def _is_open(number: int) -> bool:
    """Whether a file is still open: that by which they were listed is not."""
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
