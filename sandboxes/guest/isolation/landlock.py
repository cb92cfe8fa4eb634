"""Landlock: what a process may do with files, and whom it may signal. Needs no privilege, and can't be undone."""

from __future__ import annotations

import ctypes
import os
import struct

from .kernel import call

__all__ = ["restrict", "version"]

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on all processors
_VERSION_ONLY = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE, _READ, _LIST, _REMOVE_FOLDER, _REMOVE, _NODES, _FOLDER = 1, 2, 4, 8, 16, 32, 64, 128
_REGULAR, _SOCKET, _PIPE, _BLOCK, _LINK, _MOVE, _TRUNCATE = 256, 512, 1024, 2048, 4096, 8192, 16384
_BY_VERSION = ((1, 8191), (2, _MOVE), (3, _TRUNCATE))
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE

_READING = _EXECUTE | _READ | _LIST
_USING = _READ | _WRITE | _TRUNCATE
_OWNING = _USING | _LIST | _REMOVE_FOLDER | _REMOVE | _FOLDER | _REGULAR | _SOCKET | _PIPE | _LINK | _MOVE
_MEETING = _USING | _REMOVE | _REGULAR

_SCOPES_SINCE = 6
_ABSTRACT_SOCKETS, _SIGNALS = 1, 2
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts")
_NOT_ALL = frozenset({"tmp", "dev", "proc", "run"})


def version() -> int:
    """What this kernel can do: 1 files, 2 and moves, 3 and truncation, 6 and signals and abstract sockets; 0 nothing."""
    try:
        return call(_CREATE_RULESET, None, 0, _VERSION_ONLY)
    except OSError:
        return 0


def restrict(own: list[str], read_only: str, shares_memory_folder: bool) -> None:
    """Let this process and its descendants read the system and ``read_only``, and write below ``own`` alone.

    Modes and times of files are beyond it (see ``filter``). Signals and abstract sockets reach no further than to their own
    kind, where the kernel can do that. Processes outside can't be looked into.

    Args:
        own: Existing folders to write to.
        read_only: A folder to read.
        shares_memory_folder: Whether others use ``/dev/shm`` too: then it can't be listed, so that names there are secrets.

    Raises:
        OSError: The kernel refused.
    """
    known = version()
    handled = sum(rights for since, rights in _BY_VERSION if since <= known)
    ruleset = _ruleset(handled, known)
    try:
        for path, rights in _rules(own, read_only, shares_memory_folder):
            _allow(ruleset, path, rights & handled)
        call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _ruleset(handled: int, known: int) -> int:
    attributes = struct.pack("<Q", handled)
    if known >= _SCOPES_SINCE:
        attributes = struct.pack("<QQQ", handled, 0, _ABSTRACT_SOCKETS | _SIGNALS)
    return call(_CREATE_RULESET, ctypes.create_string_buffer(attributes, len(attributes)), len(attributes), 0)


def _rules(own: list[str], read_only: str, shares_memory_folder: bool) -> list[tuple[str, int]]:
    system = [f"/{name}" for name in os.listdir("/") if name not in _NOT_ALL]
    return [
        *((path, _READING) for path in system if not os.path.islink(path)),
        *((f"/dev/{name}", _USING | _LIST) for name in _DEVICES),
        ("/dev/shm", _MEETING if shares_memory_folder else _OWNING),
        ("/proc", _READ | _LIST),
        (read_only, _READING),
        *((path, _OWNING) for path in own),
    ]


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no right
    try:
        if not os.path.isdir(path):
            rights &= _OF_FILES
        rule = struct.pack("<Qi", rights, target)
        call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.create_string_buffer(rule, len(rule)), 0)
    finally:
        os.close(target)
