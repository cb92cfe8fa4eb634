"""Files in one archive, the same bytes for the same files."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Mapping

__all__ = ["pack", "unpack", "zipped"]

_EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(files: Mapping[str, bytes]) -> bytes:
    """A gzipped TAR archive of the files, content by relative path."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, filename="") as squeezed,
        tarfile.open(fileobj=squeezed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path in sorted(files):
            entry = tarfile.TarInfo(path)
            entry.size = len(files[path])
            archive.addfile(entry, io.BytesIO(files[path]))
    return packed.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The files in an archive that ``pack`` made. Not for archives of others: those go through ``read_submission``."""
    files = {}
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        for entry in archive:
            content = archive.extractfile(entry)
            assert content is not None
            files[entry.name] = content.read()
    return files


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive of the files, which every learner's machine can open."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), files[path], zipfile.ZIP_DEFLATED)
    return packed.getvalue()
