"""How much a submission may be, checked while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO

from ..errors import SubmissionRejected
from .names import look_of

__all__ = ["Bounds", "Collected"]

_OVERHEAD_PER_FILE = 2048
_IGNORED_PER_FILE = 20


@dataclass(frozen=True)
class Bounds:
    """Limits of one assignment.

    Attributes:
        max_size: Bytes of all files together.
        max_files: Number of files.
    """

    max_size: int
    max_files: int

    @property
    def archive_size(self) -> int:
        """Bytes that an honest archive has at most, packed or unpacked: content, headers, and what tools leave about."""
        return 2 * self.max_size + self.max_entries * _OVERHEAD_PER_FILE

    @property
    def max_entries(self) -> int:
        """Entries of all kinds that are looked at."""
        return self.max_files * _IGNORED_PER_FILE + 200

    def start(self) -> Collected:
        """An empty collection under these limits."""
        return Collected(self)


@dataclass
class Collected:
    """Files read so far.

    Attributes:
        bounds: Its limits.
        files: Content by path.
    """

    bounds: Bounds
    files: dict[str, bytes] = field(default_factory=dict)
    _folders: set[str] = field(default_factory=set)
    _looks: dict[str, str] = field(default_factory=dict)
    _size: int = 0
    _entries: int = 0

    def ignored(self) -> None:
        """Count an entry that is passed over."""
        self._entries += 1
        if self._entries > self.bounds.max_entries:
            raise SubmissionRejected(f"more than {self.bounds.max_files} files: hand in only what the assignment asks for")

    def folder(self, path: str) -> None:
        """Note a folder."""
        self.ignored()
        self._folders.add(path)

    def announce(self, path: str, size: int) -> None:
        """Check a file before its content is read.

        Raises:
            SubmissionRejected: It is one too many, too large, or there already.
        """
        self.ignored()
        if len(self.files) >= self.bounds.max_files:
            raise SubmissionRejected(f"more than {self.bounds.max_files} files: hand in only what the assignment asks for")
        if not path or path in self._folders:
            raise SubmissionRejected(f"{path or 'the archive'} is a folder where a file is expected")
        if path in self.files:
            raise SubmissionRejected(f"{path} is in the archive twice")
        if other := self._looks.get(look_of(path)):
            raise SubmissionRejected(f"{path} and {other} are the same name on some machines: rename one of them")
        parts = path.split("/")
        if any("/".join(parts[:depth]) in self.files for depth in range(1, len(parts))):
            raise SubmissionRejected(f"{path} lies in a folder that is a file as well")
        if self._size + size > self.bounds.max_size:
            raise SubmissionRejected(f"larger than {_mebibytes(self.bounds.max_size)} in all (at {path})")

    def read(self, path: str, file: IO[bytes]) -> bytes:
        """A file's content, not trusting the size that was announced."""
        left = self.bounds.max_size - self._size
        data = file.read(left + 1)
        if len(data) > left:
            raise SubmissionRejected(f"larger than {_mebibytes(self.bounds.max_size)} in all (at {path})")
        return data

    def add(self, path: str, data: bytes) -> None:
        """Keep a file that was announced."""
        if any(other.startswith(f"{path}/") for other in self.files):
            raise SubmissionRejected(f"{path} is a file and a folder at once")
        self.files[path] = data
        self._looks[look_of(path)] = path
        self._size += len(data)


def _mebibytes(size: int) -> str:
    return f"{size / 2**20:.3g} MiB"
