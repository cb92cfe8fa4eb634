"""A folder kept alike on both sides: the test's temporary files, which the learner's code reads and writes.

Regular files and folders cross, by content; links and devices never do, and none is followed.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from pathlib import Path
from typing import Any

from .wire.errors import ProtocolViolation

__all__ = ["Tree"]

MAX_FILE = 16 * 1024 * 1024
MAX_FILES = 2_000
_CLOCK_TICK = 50_000_000
"""Nanoseconds after which another change of a folder is sure to have another time."""
_Stamp = tuple[int, int, int]


class Tree:
    """One side's copy of the folder.

    Args:
        root: The folder, the same path on both sides.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._seen: dict[str, _Stamp | None] = {}
        self._own: set[str] = set()
        # Contents of files that were changed so lately that another change may have the same time and size.
        self._fresh: dict[str, bytes] = {}
        # An empty folder is not looked through again while its time of change stands still.
        self._empty_since: int | None = None

    def changes(self) -> list[list[Any]]:
        """What changed since the last call: ``[relative path, content]``; content is ``None`` for a file that went
        away and ``True`` for a folder."""
        stamp = self._root_stamp()
        if stamp == self._empty_since:
            return []
        now = self._scan()
        if not now and not self._seen and time.time_ns() - stamp > _CLOCK_TICK:
            self._empty_since = stamp
        changed: list[list[Any]] = [[path, None] for path in self._seen.keys() - now.keys()]
        for path, seen in now.items():
            if path not in self._seen or self._seen[path] != seen:
                changed.append([path, True if seen is None else self._read(path)])
            elif path in self._fresh and (content := self._read(path)) is not None and _digest(content) != self._fresh[path]:
                changed.append([path, content])
        self._remember(now, dict(changed))
        self._own |= {path for path, _content in changed}
        return sorted(changed, key=lambda change: change[0])

    def is_own(self, change: Any) -> bool:
        """Whether what the other side sent as a change is one of a file or folder that this side made."""
        return type(change) is list and len(change) == 2 and type(change[0]) is str and change[0] in self._own

    def everything(self) -> list[list[Any]]:
        """All that is there now, in the form of ``changes``."""
        return [[path, True if stamp is None else self._read(path)] for path, stamp in sorted(self._scan().items())]

    def apply(self, changes: Any) -> None:
        """Make this side's copy follow the other's changes.

        Raises:
            ProtocolViolation: A path leads outside, or the list is none.
        """
        if type(changes) is not list or len(changes) > MAX_FILES:
            raise ProtocolViolation("file changes that are no list, or too many")
        for path, content in changes:
            target = self._inside(path)
            if content is None:
                _remove(target)
            elif content is True:
                target.mkdir(parents=True, exist_ok=True)
            elif type(content) is bytes:
                target.parent.mkdir(parents=True, exist_ok=True)
                _write(target, content)
            else:
                raise ProtocolViolation("a file without content")
        self._empty_since = None
        self._remember(self._scan(), dict(changes))

    def _remember(self, found: dict[str, _Stamp | None], crossed: dict[str, Any]) -> None:
        """Note what both sides have now.

        Args:
            found: What was seen here.
            crossed: Contents that just crossed; what is here may be newer already.
        """
        self._seen = found
        # The clock of files goes in steps on most kernels, so within one the stamp of a file may stay as it is.
        since = time.time_ns() - _CLOCK_TICK
        fresh, self._fresh = self._fresh, {}
        for path, stamp in found.items():
            if stamp is None or stamp[0] <= since:
                continue
            content = crossed.get(path)
            if type(content) is bytes:
                self._fresh[path] = _digest(content)
            elif path in fresh:
                self._fresh[path] = fresh[path]

    def _inside(self, path: Any) -> Path:
        parts = path.split("/") if type(path) is str else []
        if not parts or any(part in ("", ".", "..") or "\0" in part for part in parts):
            raise ProtocolViolation("a file path that leads elsewhere")
        target = Path(self.root)
        for part in parts[:-1]:
            target /= part
            if target.is_symlink():
                raise ProtocolViolation("a file path through a link")
        return target / parts[-1]

    def _scan(self) -> dict[str, _Stamp | None]:
        found: dict[str, _Stamp | None] = {}
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            try:
                entries = list(os.scandir(os.path.join(self.root, folder)))
            except OSError:
                continue
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(status.st_mode):
                    found[path] = None
                    waiting.append(path)
                elif stat.S_ISREG(status.st_mode) and status.st_size <= MAX_FILE:
                    found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
                if len(found) >= MAX_FILES:
                    return found
        return found

    def _read(self, path: str) -> bytes | None:
        try:
            descriptor = os.open(os.path.join(self.root, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            return file.read(MAX_FILE)

    def _root_stamp(self) -> int:
        try:
            return os.stat(self.root).st_mtime_ns
        except OSError:
            return 0


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def _remove(target: Path) -> None:
    try:
        if target.is_dir() and not target.is_symlink():
            target.rmdir()
        else:
            target.unlink(missing_ok=True)
    except OSError:
        pass  # a folder that is not empty on this side stays


def _write(target: Path, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with os.fdopen(os.open(target, flags, 0o644), "wb") as file:
        file.write(content)
