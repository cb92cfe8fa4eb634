"""Files that the code of tests opens: of the tests' own, or of the system's, only those that it opens for a right solution.

A path may reach a test in many ways: printed, in a file, in pieces, by a link in an archive. Where it ends, it is known; so
each opening is looked at as it happens (PEP 578). What Python and pytest open by themselves (modules, lines of a traceback)
is their own affair.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from ..objects.contract import Contract
from .paths import Paths

__all__ = ["own_descriptors", "watch_openings"]

_STANDARD = 2
_MACHINERY = ("importlib", "_frozen_importlib", "linecache", "_pytest", "pluggy", "sandboxes")
_OF_PATHS = frozenset({"open", "os.listdir", "os.scandir", "sqlite3.connect"})
_OF_COMMANDS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"})


def watch_openings(paths: Paths, contract: Contract, descriptors: Callable[[], set[int]]) -> None:
    """From now on, refuse what no right solution leads tests to open, with ``PermissionError``.

    Args:
        paths: Tells which files are private.
        contract: Notes what is opened while the reference runs.
        descriptors: Gives numbers of open files that are this process's own, which no test opens by their number.
    """

    def audit(event: str, args: tuple[Any, ...]) -> None:
        if event in _OF_PATHS:
            opened: Iterator[Any] = iter((args[0],))
        elif event in _OF_COMMANDS:
            opened = _words(args)
        else:
            return
        for path in opened:
            if type(path) is int:
                if path in descriptors() and _is_of_a_test(sys._getframe(1)):
                    raise PermissionError(f"the file number {path} is none of the test's")
                continue
            real = paths.private_file(path)
            if real is not None and _is_of_a_test(sys._getframe(1)) and not contract.may_open(real):
                raise PermissionError(
                    f"{real} is none of the submission's files, and no right solution leads this test to it"
                )

    sys.addaudithook(audit)


def _words(args: tuple[Any, ...]) -> Iterator[Any]:
    """What may be a path among the arguments of a command."""
    for value in args[:3]:
        if isinstance(value, list | tuple):
            yield from value
        elif isinstance(value, str):
            try:
                yield from shlex.split(value)
            except ValueError:
                yield value
        elif value is not None and not isinstance(value, dict):
            yield value


def _is_of_a_test(frame: FrameType | None) -> bool:
    """Whether it is a test that opens a file, by whatever functions of libraries, and not Python or pytest."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__") or "").partition(".")[0]
        if name in _MACHINERY:
            return False
        if name not in sys.stdlib_module_names:
            return True
        frame = frame.f_back
    return True


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
