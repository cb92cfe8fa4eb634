"""A backup has all that a service keeps, and brings it back."""

import errno
import hashlib
import io
import json
import os
import shutil
import sqlite3
import stat
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from grader.cli.main import cli
from grader.store import Database, FolderBlobs
from grader.store.tables import Submission


@pytest.fixture
def service(world, tmp_path, monkeypatch):
    """A service on SQLite, with a graded submission."""
    if world.database.engine.dialect.name != "sqlite":
        monkeypatch.setenv("GRADER_DATABASE_URL", world.database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("GRADER_DATA", str(tmp_path))
    world.submit()
    world.grade(80.0)

    def run(*arguments, fails=False):
        done = CliRunner().invoke(cli, arguments, standalone_mode=False)
        if fails:
            assert done.exception is not None
            return str(done.exception)
        if done.exception:
            raise done.exception
        return done.stdout

    return SimpleNamespace(run=run, world=world, data=tmp_path, file=tmp_path / "service.tar")


ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def restored(service, name="restored"):
    target = service.data / name
    service.run("restore", str(service.file), "--data", str(target))
    return target


@ON_SQLITE
def test_what_was_kept_comes_back(service):
    told = service.run("backup", str(service.file))
    assert "3 contents" in told
    assert stat.S_IMODE(service.file.stat().st_mode) == 0o600
    target = restored(service)
    database, blobs = Database(f"sqlite:///{target}/grader.db"), FolderBlobs(target / "blobs")
    database.check()
    with database.reading() as session:
        (submission,) = session.query(Submission).all()
        assert blobs.get(submission.blob)
    database.close()
    assert "is there already" in service.run("restore", str(service.file), "--data", str(target), fails=True)
    assert [path.name for path in target.iterdir() if path.name.startswith(".")] == []


@ON_SQLITE
def test_a_backup_is_consistent_while_submissions_come_in(service):
    with service.world.database.writing():  # somebody writes just now
        service.run("backup", str(service.file))
    service.world.submit(text="later = 1\n")
    with closing(sqlite3.connect(restored(service) / "grader.db")) as database:
        assert database.execute("select count(*) from submissions").fetchone() == (1,)


@ON_SQLITE
def test_a_failed_backup_leaves_the_one_before(service):
    service.run("backup", str(service.file))
    before = service.file.read_bytes()
    shutil.rmtree(service.data / "blobs")
    assert "the backup was not made" in service.run("backup", str(service.file), fails=True)
    assert service.file.read_bytes() == before
    assert [path.name for path in service.data.iterdir() if path.name.startswith(".backup")] == []


def rewritten(service, change):
    """The same backup with other entries."""
    with tarfile.open(service.file) as archive:
        entries = [(entry.name, archive.extractfile(entry).read()) for entry in archive]
    changed = change(entries)
    for name, data in changed:
        if name == "grader.db" and data.startswith(b"SQLite") and changed[0][1].startswith(b'{\n "format": "grader/'):
            changed[0] = _saying(changed[0], database=f"sha256:{hashlib.sha256(data).hexdigest()}")
    with tarfile.open(service.file, "w") as archive:
        for name, data in changed:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def flipped(data):
    """The same with one bit turned; its first one, so that it is seen to be no database."""
    return bytes([data[0] ^ 1]) + data[1:]


def newer(data):
    """A database of a version to come."""
    with tempfile.NamedTemporaryFile(suffix=".db") as file:
        file.write(data)
        file.flush()
        with closing(sqlite3.connect(file.name)) as database:
            database.execute("update alembic_version set version_num = '9999'")
            database.execute("update compatibility set oldest = '9999'")
            database.commit()
        return Path(file.name).read_bytes()


@ON_SQLITE
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda entries: entries[:-1], "ends early"),
        (lambda entries: entries[:1], "ends early"),
        (lambda entries: [], "ends early"),
        (lambda entries: [*entries[:-1], (entries[-1][0], b"another")], "is damaged"),
        (lambda entries: [*entries[:-1], (f"../{entries[-1][0]}", entries[-1][1])], "is damaged"),
        (lambda entries: [("manifest.json", b'{"format": "other"}'), *entries[1:]], "is of the format 'other'"),
        (lambda entries: [("manifest.json", b"[1]"), *entries[1:]], "no backup, or damaged"),
        (lambda entries: [(name, newer(data) if name == "grader.db" else data) for name, data in entries], "newer version"),
        (lambda entries: [_saying(entries[0], contents=2), *entries[1:-1]], "is not in"),
        (lambda entries: [(name, flipped(data) if name == "grader.db" else data) for name, data in entries], "is damaged"),
    ],
)
def test_what_is_no_whole_backup_is_not_restored(service, change, message):
    service.run("backup", str(service.file))
    rewritten(service, change)
    target = service.data / "restored"
    assert message in service.run("restore", str(service.file), "--data", str(target), fails=True)
    assert not (target / "grader.db").exists()


def _saying(manifest, **what):
    return manifest[0], json.dumps(json.loads(manifest[1]) | what).encode()


@ON_SQLITE
def test_a_device_or_a_pipe_is_never_replaced(service):
    """As root, 'grader backup /dev/null' would put a file in the place of the machine's null device."""
    pipe = service.data / "pipe"
    os.mkfifo(pipe)
    link = service.data / "link"
    link.symlink_to(pipe)
    for target in (pipe, link):
        assert "no regular file" in service.run("backup", str(target), fails=True)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert link.is_symlink()


@ON_SQLITE
def test_a_link_to_a_file_stays_a_link(service):
    link = service.data / "latest.tar"
    link.symlink_to(service.file)
    service.run("backup", str(link))
    assert link.is_symlink()
    assert tarfile.is_tarfile(service.file)


@ON_POSTGRESQL
def test_other_databases_are_left_to_their_own_means(service):
    assert "pg_dump" in service.run("backup", str(service.file), fails=True)
    assert "pg_dump" in service.run("restore", __file__, fails=True)


@ON_SQLITE
@pytest.mark.parametrize(
    ("name", "message"),
    [("-", "into a file"), ("", "into a file"), ("missing/service.tar", "missing is no folder: make it")],
)
def test_what_names_no_file_is_refused(service, monkeypatch, name, message):
    monkeypatch.chdir(service.data)
    before = sorted(service.data.iterdir())
    assert message in service.run("backup", name, fails=True)
    assert sorted(service.data.iterdir()) == before


@ON_SQLITE
def test_a_full_disk_is_told_by_the_name_that_was_given(service, monkeypatch):
    def full(number):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    told = service.run("backup", str(service.file), fails=True)
    assert "No space left on device" in told
    assert str(service.file) in told
    assert [path.name for path in service.data.iterdir() if path.name.startswith(".backup")] == []


@ON_SQLITE
def test_what_sqlite_left_beside_a_database_is_not_mixed_into_another(service):
    service.run("backup", str(service.file))
    target = restored(service)
    with closing(sqlite3.connect(target / "grader.db")) as database:
        database.execute("delete from users")
        database.commit()
        left = (target / "grader.db-wal").read_bytes()  # as after a crash
    assert left
    (target / "grader.db").rename(target / "moved.db")
    (target / "grader.db-wal").write_bytes(left)
    told = service.run("restore", str(service.file), "--data", str(target), fails=True)
    assert "grader.db-wal is there already" in told
    (target / "grader.db-wal").unlink()
    (target / "grader.db-shm").symlink_to(target / "nowhere")
    assert "grader.db-shm is there" in service.run("restore", str(service.file), "--data", str(target), fails=True)
    (target / "grader.db-shm").unlink()
    with closing(sqlite3.connect(restored(service) / "grader.db")) as database:
        assert database.execute("select count(*) from users").fetchone() > (0,)


@ON_SQLITE
def test_a_database_that_can_not_be_read_is_named(service):
    service.world.database.close()
    for path in service.data.glob("grader.db*"):
        path.unlink()
    (service.data / "grader.db").write_bytes(b"no database at all" * 100)
    told = service.run("backup", str(service.file), fails=True)
    assert told.startswith(f"the backup was not made: {service.data / 'grader.db'}: ")
    assert "file is not a database" in told


@ON_SQLITE
def test_looking_into_an_empty_folder_makes_no_database(service):
    target = service.data / "empty"
    assert "there is no database yet" in service.run("user", "list", "--data", str(target), fails=True)
    assert not (target / "grader.db").exists()
    assert "an empty name is no folder" in service.run("user", "list", "--data", "", fails=True)


@ON_SQLITE
def test_a_database_that_another_program_writes_to_is_told(service, monkeypatch):
    monkeypatch.setattr("grader.store.database._BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(service.data / "grader.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        told = service.run("user", "add", "eve", fails=True)
    assert told == "the database does not answer: database is locked"
    assert "eve" in service.run("user", "add", "eve")
