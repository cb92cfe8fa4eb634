"""Read archives without extracting them: every entry is checked before its content is touched."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import SubmissionRejected
from .bounds import Bounds
from .names import check_name, is_ignored

__all__ = ["read_tar", "read_zip"]

_CHUNK = 64 * 1024
_ENCRYPTED = 1
_UTF8 = 0x800


@contextmanager
def _rejecting(kind: str) -> Iterator[None]:
    """Whatever a parser of hostile bytes raises rejects these bytes: no list of its exceptions is ever complete.

    Raises:
        SubmissionRejected: Something was raised.
    """
    try:
        yield
    except SubmissionRejected:
        raise
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise SubmissionRejected(f"the {kind} archive is damaged or cut off ({reason}): pack it again") from None


def read_zip(path: Path, bounds: Bounds) -> dict[str, bytes]:
    """The files in a ZIP archive.

    Raises:
        SubmissionRejected: It is damaged, encrypted, too large, or holds anything but plain files and folders.
    """
    with _rejecting("ZIP"), zipfile.ZipFile(path) as archive:
        collected = bounds.start()
        for entry in archive.infolist():
            name = check_name(_zip_name(entry))
            mode = entry.external_attr >> 16
            if entry.is_dir():
                collected.folder(name)
                continue
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                raise SubmissionRejected(f"{name} is a link or device: only plain files can be handed in")
            if is_ignored(name):
                collected.ignored()
                continue
            if entry.flag_bits & _ENCRYPTED:
                raise SubmissionRejected(f"{name} is encrypted: pack the files without a password")
            collected.announce(name, entry.file_size)
            with archive.open(entry) as file:
                collected.add(name, collected.read(name, file))
        return collected.files


def _zip_name(entry: zipfile.ZipInfo) -> str:
    name = entry.orig_filename
    if entry.flag_bits & _UTF8 or name.isascii():
        return name
    # Without the flag a name is read as code page 437, but most programs that omit the flag write UTF-8.
    return name.encode("cp437").decode("utf-8", "surrogateescape")


class _Counted(io.RawIOBase):
    """A stream that ends in a rejection when more than ``limit`` bytes come out of it."""

    def __init__(self, source: Any, limit: int) -> None:
        self._source = source
        self._left = limit

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(_CHUNK if size < 0 else min(size, _CHUNK))
        self._left -= len(data)
        if self._left < 0:
            raise SubmissionRejected("the archive unpacks to more than is allowed")
        return data


class _Strict(tarfile.TarInfo):
    """A header that is damaged or missing is an error; the library takes it for the archive's end, and the rest is lost."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Strict:
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise  # the blocks of zeros at the end
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error)) from None


def read_tar(path: Path, bounds: Bounds, compressed: bool) -> dict[str, bytes]:
    """The files in a TAR archive, gzipped or not.

    Raises:
        SubmissionRejected: It is damaged, too large, or holds anything but plain files and folders.
    """
    with _rejecting("TAR"), gzip.open(path) if compressed else path.open("rb") as source:
        counted = _Counted(source, bounds.archive_size)
        with tarfile.open(fileobj=counted, mode="r|", tarinfo=_Strict, errorlevel=2) as archive:
            collected = bounds.start()
            for entry in archive:
                name = check_name(entry.name)
                if entry.isdir():
                    collected.folder(name)
                    continue
                if not entry.isreg() or entry.issparse():
                    raise SubmissionRejected(f"{name} is a link, device or sparse file: only plain files can be handed in")
                if is_ignored(name):
                    collected.ignored()
                    continue
                collected.announce(name, entry.size)
                file = archive.extractfile(entry)
                assert file is not None
                data = collected.read(name, file)
                if len(data) != entry.size:
                    raise tarfile.ReadError("unexpected end of data")
                collected.add(name, data)
            while counted.read():  # to the checksum at the end
                pass
            return collected.files
