"""One file with all that a service on one machine keeps: the SQLite database and the contents that it names.

Consistent while the service runs: contents are kept before a row refers to them, never change, and are not deleted while
one does. So the database is copied first, in one transaction, and then what the copy names.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy.engine import make_url

from .. import __version__
from ..errors import InputError, Unavailable
from ..service.retention import blobs_in_use
from ..settings import Settings
from ..store import BlobMissing, BlobStore, Database, open_blobs
from ..store.database import DatabaseUnavailable, SchemaOutdated, beside
from ..store.whole import put_in_place, whole_file

__all__ = ["back_up", "restore"]

_FORMAT = "grader/backup/1"
_MANIFEST, _DATABASE, _CONTENTS = "manifest.json", "grader.db", "contents/"
_ELSEWHERE = "is not in this machine's data folder; back it up by its own means (pg_dump), before the files"


def back_up(settings: Settings, target: Path, now: datetime) -> int:
    """Write a backup; returns how many contents are in it. A file of that name is replaced once the backup is whole.

    Args:
        settings: Where the service keeps what it keeps.
        target: The file, a TAR archive that its user alone can read.
        now: The present.

    Raises:
        InputError: The database is not SQLite, or there is none; the target is there and no regular file.
        Unavailable: The database can't be read.
        BlobMissing: A content that the database names is missing or damaged.
        OSError: The file can't be written.
    """
    path = _database_file(settings)
    if not path.is_file():
        raise InputError(f"{path}: there is no database to back up")
    target = target.resolve()  # what a link points at is replaced, not the link
    if target.exists() and not target.is_file():
        raise InputError(f"{target} is no regular file: name one, which a backup may replace")
    if not target.parent.is_dir():
        raise InputError(f"{target.parent} is no folder: make it first")
    with whole_file(target, ".backup-") as file, tarfile.open(fileobj=file, mode="w") as archive:
        return _write(archive, path, open_blobs(settings.blobs), target.parent, now)


def _write(archive: tarfile.TarFile, path: Path, blobs: BlobStore, scratch: Path, now: datetime) -> int:
    with tempfile.TemporaryDirectory(dir=scratch, prefix=".backup-") as folder:
        copy = Path(folder, _DATABASE)
        try:
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as sink:
                source.backup(sink)
            with _open(copy) as database:
                database.check()
                with database.reading() as session:
                    names = sorted(blobs_in_use(session))
        except (sqlite3.Error, DatabaseUnavailable, SchemaOutdated) as error:
            raise Unavailable(f"the backup was not made: {path}: {str(error).replace(str(copy), path.name)}") from None
        with copy.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        manifest = {
            "format": _FORMAT,
            "grader": __version__,
            "made": now.isoformat(),
            "contents": len(names),
            "database": f"sha256:{digest}",
        }
        _add(archive, _MANIFEST, json.dumps(manifest, indent=1).encode(), now)
        archive.add(copy, _DATABASE)
        for name in names:
            _add(archive, f"{_CONTENTS}{name}", blobs.get(name), now)
    return len(names)


def _add(archive: tarfile.TarFile, name: str, data: bytes, now: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(data), 0o600, int(now.timestamp())
    archive.addfile(entry, io.BytesIO(data))


def restore(settings: Settings, source: Path) -> int:
    """Put a backup into an empty data folder, and its tables to this version; returns how many contents it had.

    The database comes last, so that a restore that was interrupted is one that was not made.

    Args:
        settings: Where the service keeps what it keeps.
        source: The backup.

    Raises:
        InputError: It is no backup, or damaged, or there is a database already.
        OSError: It can't be read, or the folder can't be written to.
    """
    path = _database_file(settings)
    there = [str(one) for one in (path, *beside(path)) if os.path.lexists(one)]
    if there:  # SQLite would take what is in the others for the newest changes of what is restored
        text = f"{', '.join(there)} {'is' if len(there) == 1 else 'are'} there already"
        raise InputError(f"{text}: restore into another folder (--data), or move what is there away first")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    blobs = open_blobs(settings.blobs)
    count = 0
    try:
        with (
            tarfile.open(source, "r:") as archive,
            tempfile.TemporaryDirectory(dir=path.parent, prefix=".restore-") as folder,
        ):
            manifest = json.loads(_content(archive, archive.next()))
            if manifest.get("format") != _FORMAT:
                raise InputError(f"{source} is of the format {manifest.get('format')!r}, not {_FORMAT!r}")
            copy = Path(folder, _DATABASE)
            with copy.open("w+b") as file:
                shutil.copyfileobj(_file(archive, archive.next()), file)
                file.flush()
                os.fsync(file.fileno())
                file.seek(0)
                if manifest["database"] != f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}":
                    raise InputError(f"{source}: the database in it is damaged")
            while entry := archive.next():
                name = entry.name.removeprefix(_CONTENTS)
                if blobs.put(_content(archive, entry)) != name:
                    raise InputError(f"{source}: the content {name} is damaged")
                count += 1
            if count != manifest["contents"]:
                raise InputError(f"{source} ends early: it has {count} of {manifest['contents']} contents")
            with _open(copy) as database:
                database.upgrade()
                with database.reading() as session:
                    _see_that_all_are_there(blobs, blobs_in_use(session), source)
            put_in_place(copy, path)
    except (tarfile.TarError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{source} is no backup, or damaged: {error}") from None
    return count


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo | None) -> bytes:
    return _file(archive, entry).read()


def _file(archive: tarfile.TarFile, entry: tarfile.TarInfo | None) -> IO[bytes]:
    file = archive.extractfile(entry) if entry is not None else None
    if file is None:
        raise ValueError("it ends early")
    return file


def _see_that_all_are_there(blobs: BlobStore, names: set[str], source: Path) -> None:
    for name in names:
        try:
            blobs.get(name)
        except BlobMissing as error:
            raise InputError(f"{source}: {error}") from None


@contextmanager
def _open(path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{path}")
    try:
        yield database
    finally:
        database.close()


def _database_file(settings: Settings) -> Path:
    url: Any = make_url(settings.database)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise InputError(f"the database {url.render_as_string(hide_password=True)} {_ELSEWHERE}")
    return Path(url.database)
