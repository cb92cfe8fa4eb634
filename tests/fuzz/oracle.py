"""What a parser of hostile bytes must not do, seen by the interpreter itself.

An audit hook can't be removed, so there is one for the process, and it looks only while ``watched`` says so.
"""

from __future__ import annotations

import codecs
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Forbidden", "watched"]

_ACTS = ("open", "import", "exec", "compile", "subprocess.", "os.", "shutil.", "socket.", "ctypes.", "tempfile.", "pty.")
_HARMLESS = frozenset({"os.putenv", "os.unsetenv"})
# Codecs are modules: those that readers name are loaded before anything is looked at.
for _name in ("cp437", "utf-8-sig", "ascii", "latin-1", "idna"):
    codecs.lookup(_name)
_Allowed = Callable[[str, tuple[Any, ...]], bool]


class Forbidden(BaseException):
    """The parser opened, imported, compiled or started something. No ``Exception``: parsers reject what raises those."""


class _Watch(threading.local):
    allowed: _Allowed | None = None


_WATCH = _Watch()


def _hook(event: str, args: tuple[Any, ...]) -> None:
    allowed = _WATCH.allowed
    if allowed is None or not event.startswith(_ACTS) or event in _HARMLESS:
        return
    # What the judgement itself does is not judged.
    _WATCH.allowed = None
    try:
        if not allowed(event, args):
            raise Forbidden(f"{event} {args!r:.300}")
    finally:
        _WATCH.allowed = allowed


sys.addaudithook(_hook)


@contextmanager
def watched(allowed: _Allowed = lambda event, args: False) -> Iterator[None]:
    """Raise ``Forbidden`` where this thread opens, imports, compiles or starts anything that is not allowed."""
    before, _WATCH.allowed = _WATCH.allowed, allowed
    try:
        yield
    finally:
        _WATCH.allowed = before
