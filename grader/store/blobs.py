"""Contents by their digest."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Protocol

from .private import private_folder

__all__ = ["BlobMissing", "BlobStore", "FolderBlobs"]

_PAGE = 4096
_NAME = re.compile(r"sha256:([0-9a-f]{64})")


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
            self._write(path, data)
        return name

    def get(self, name: str) -> bytes:
        """See ``BlobStore``."""
        try:
            data = self._path(name).read_bytes()
        except FileNotFoundError:
            raise BlobMissing(f"{name} is not in {self._root}") from None
        if f"sha256:{hashlib.sha256(data).hexdigest()}" != name:
            raise BlobMissing(f"{name} in {self._root} is damaged")
        return data

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

    def _write(self, path: Path, data: bytes) -> None:
        # Whoever sees the name sees all of it, also after a power failure.
        number, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(number, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
