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

__all__ = [
    "ASIDE",
    "BlobMissing",
    "BlobStore",
    "BlobsUnavailable",
    "FolderBlobs",
    "digits_of",
    "name_of",
    "open_blobs",
    "verified",
]

ASIDE = ".aside"
"""What is set aside has the name that it had, and this."""

_PAGE = 4096
_NEW = ".new-"
_NAME = re.compile(r"sha256:([0-9a-f]{64})")


class BlobMissing(Exception):
    """There is no content of this name, or it is not what the name says."""


class BlobsUnavailable(OSError):
    """Contents can't be kept or read just now."""


def name_of(data: bytes) -> str:
    """The name of a content: ``sha256:`` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def digits_of(name: str) -> str:
    """The hexadecimal digits of a name.

    Raises:
        BlobMissing: It is none.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise BlobMissing(f"{name!r} is no name of a content")
    return match[1]


def verified(name: str, data: bytes, place: str) -> bytes:
    """The content, if it is what its name says.

    Args:
        name: Its name.
        data: What was found under it.
        place: Where, for the message.

    Raises:
        BlobMissing: It is not.
    """
    if name_of(data) != name:
        raise BlobMissing(f"{name} in {place} is damaged")
    return data


class BlobStore(Protocol):
    """Keeps contents under the digest of what they are, so that none is ever overwritten or kept twice."""

    def put(self, data: bytes) -> str:
        """Keep a content for good, also in place of a damaged one; returns its name (see ``name_of``).

        Raises:
            OSError: It can't be kept now.
        """

    def get(self, name: str) -> bytes:
        """The content of a name.

        Raises:
            BlobMissing: There is none, or it was damaged.
            BlobsUnavailable: It can't be read now.
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
            How many were ``contents set aside`` and ``contents deleted``.
        """


def open_blobs(place: str) -> BlobStore:
    """The blob store at a place.

    Args:
        place: A folder, or the URL of object storage (see ``objects``).

    Raises:
        BlobsUnavailable: It can't be spoken to.
    """
    if "://" not in place:
        return FolderBlobs(Path(place))
    from .objects import ObjectBlobs  # whoever keeps files in a folder does without the client

    return ObjectBlobs(place)


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
        name = name_of(data)
        path = self._path(name)
        if not self._holds(path, data):
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
        except OSError as error:
            raise BlobsUnavailable(error.errno, error.strerror, error.filename) from error
        return verified(name, data, str(self._root))

    @staticmethod
    def _holds(path: Path, data: bytes) -> bool:
        """Whether a content is there, undamaged."""
        try:
            return path.read_bytes() == data
        except FileNotFoundError:
            return False

    @staticmethod
    def _read(path: Path) -> bytes:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            with suppress(FileNotFoundError):  # another reader has brought it back just now
                os.rename(f"{path}{ASIDE}", path)
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
        kept = f"sha256:{path.parent.name}{path.name.removesuffix(ASIDE)}" in used
        is_aside = path.name.endswith(ASIDE)
        if kept and is_aside and not dry_run:
            os.rename(path, path.with_name(path.name.removesuffix(ASIDE)))
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
                os.rename(path, f"{path}{ASIDE}")

    def check(self) -> None:
        """See ``BlobStore``."""
        with tempfile.TemporaryFile(dir=self._root) as file:
            file.write(bytes(_PAGE))
            file.flush()  # no more: whoever asks whether the service is ready must not wear out the disk

    def _path(self, name: str) -> Path:
        digits = digits_of(name)
        return self._root / digits[:2] / digits[2:]
