"""Contents by their digest."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Container
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

from .private import private_folder
from .whole import whole_file

__all__ = ["BlobMissing", "BlobStore", "FolderBlobs"]

_PAGE = 4096
_NEW, _ASIDE = ".new-", ".aside"
_NAME = re.compile(r"sha256:([0-9a-f]{64})")


def _aside(path: Path) -> Path:
    return path.with_name(f"{path.name}{_ASIDE}")


class BlobMissing(Exception):
    """There is no content of this name, or it is not what the name says."""


class BlobStore(Protocol):
    """Keeps contents under the digest of what they are, so that none is ever overwritten or kept twice."""

    def put(self, data: bytes) -> str:
        """Keep a content for good; returns its name, ``sha256:`` and 64 hexadecimal digits."""

    def get(self, name: str) -> bytes:
        """The content of a name.

        Raises:
            BlobMissing: There is none, or it was damaged.
        """

    def check(self) -> None:
        """See that a content could be kept now.

        Raises:
            OSError: It could not; the disk is full, for example.
        """

    def discard(self, used: Container[str], before: datetime, dry_run: bool) -> dict[str, int]:
        """Set aside contents that are not used, and delete those that were set aside and are still not used.

        What was set aside comes back when it is asked for, or kept again.

        Args:
            used: The names of those that are.
            before: Nothing that was kept or set aside after this is touched.
            dry_run: Whether to count alone.

        Returns:
            How many were ``set aside`` and ``deleted``.
        """


class FolderBlobs:
    """A blob store in a folder, which several machines may share.

    Args:
        root: The folder; made when it is not there.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        private_folder(root)

    def put(self, data: bytes) -> str:
        """See ``BlobStore``."""
        name = f"sha256:{hashlib.sha256(data).hexdigest()}"
        path = self._path(name)
        if not path.exists():
            path.parent.mkdir(exist_ok=True, mode=0o700)
            with whole_file(path, _NEW) as file:
                file.write(data)
        return name

    def get(self, name: str) -> bytes:
        """See ``BlobStore``."""
        try:
            data = self._read(self._path(name))
        except FileNotFoundError:
            raise BlobMissing(f"{name} is not in {self._root}") from None
        if f"sha256:{hashlib.sha256(data).hexdigest()}" != name:
            raise BlobMissing(f"{name} in {self._root} is damaged")
        return data

    @staticmethod
    def _read(path: Path) -> bytes:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            with suppress(FileNotFoundError):  # another reader has brought it back just now
                os.rename(_aside(path), path)
            return path.read_bytes()

    def discard(self, used: Container[str], before: datetime, dry_run: bool) -> dict[str, int]:
        """See ``BlobStore``."""
        counts = {"contents set aside": 0, "contents deleted": 0}
        for path in self._root.glob("??/*"):
            try:
                old = path.stat().st_mtime < before.timestamp()
                self._discard(path, used, old, dry_run, counts)
            except FileNotFoundError:  # another process is at it as well
                continue
        return counts

    @staticmethod
    def _discard(path: Path, used: Container[str], old: bool, dry_run: bool, counts: dict[str, int]) -> None:
        kept = f"sha256:{path.parent.name}{path.name.removesuffix(_ASIDE)}" in used
        is_aside = path.name.endswith(_ASIDE)
        if kept and is_aside and not dry_run:
            os.rename(path, path.with_name(path.name.removesuffix(_ASIDE)))
        if kept or not old:
            return
        if is_aside or path.name.startswith(_NEW):
            counts["contents deleted"] += 1
            if not dry_run:
                path.unlink()
        else:
            counts["contents set aside"] += 1
            if not dry_run:
                # The day from now on is for those who saw it here just before, and are about to refer to it.
                os.utime(path)
                os.rename(path, _aside(path))

    def check(self) -> None:
        """See ``BlobStore``."""
        with tempfile.TemporaryFile(dir=self._root) as file:
            file.write(bytes(_PAGE))
            file.flush()  # no more: whoever asks whether the service is ready must not wear out the disk

    def _path(self, name: str) -> Path:
        match = _NAME.fullmatch(name)
        if match is None:
            raise BlobMissing(f"{name!r} is no name of a content")
        return self._root / match[1][:2] / match[1][2:]
