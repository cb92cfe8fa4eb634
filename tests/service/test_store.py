"""The database and the blob store."""

import os
import runpy
import sqlite3
import threading
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as TooBusy

from grader.service import people
from grader.store import Database, tables
from grader.store.blobs import BlobMissing
from grader.store.database import DatabaseUnavailable, SchemaOutdated

from .conftest import START


def test_migrations_make_the_tables_that_the_program_knows(database):
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.Base.metadata) == []
    database.check()


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(world):
    world.database.upgrade()
    world.database.check()
    with world.database.reading() as session:
        assert people.find_user(session, "ada").name == "Ada"


def test_programs_work_on_while_a_newer_version_has_expanded_the_tables(world):
    """So a service is brought up to date without a pause: the tables first, then one machine after another."""
    with world.database.writing() as session:
        session.execute(text("alter table submissions add column later varchar default '' not null"))
        session.execute(text("create table later (id integer primary key)"))
        session.execute(text("update alembic_version set version_num = '9999'"))
    world.database.check()
    world.database.upgrade()
    submission = world.submit()
    world.grade(80.0)
    with world.database.reading() as session:
        assert session.get(tables.Submission, submission).grading_id is not None
        assert session.scalar(text("select version_num from alembic_version")) == "9999"


def test_programs_stop_when_a_newer_version_has_taken_away_what_they_need(world):
    with world.database.writing() as session:
        session.execute(text("update alembic_version set version_num = '9999'"))
        session.execute(text("update compatibility set oldest = '9998'"))
    for look in (world.database.check, world.database.upgrade):
        with pytest.raises(
            SchemaOutdated, match="programs older than revision 9998 can't work with it, and this one is of 0"
        ):
            look()


def test_no_migration_lets_older_programs_in_again():
    folder = Path(tables.__file__).parent / "migrations" / "versions"
    found = [runpy.run_path(str(path)) for path in sorted(folder.glob("[0-9]*.py"))]
    oldest = [one["oldest"] for one in found]
    assert oldest == sorted(oldest)
    assert all(one["oldest"] <= one["revision"] for one in found)


def test_a_database_without_tables_is_found_out(tmp_path):
    with pytest.raises(SchemaOutdated, match="has no tables yet: run 'grader db upgrade'"):
        Database(f"sqlite:///{tmp_path}/new/grader.db").check()


@pytest.mark.parametrize("url", ["nonsense", "postgresql+nodriver://x", "postgresql+psycopg://nobody:secret@127.0.0.1:1/x"])
def test_a_database_that_is_none_is_explained_without_its_password(url):
    with pytest.raises(DatabaseUnavailable) as caught:
        Database(url).check()
    assert "secret" not in str(caught.value)


def test_a_block_that_fails_changes_nothing(database):
    def change():
        with database.writing() as session:
            people.add_user(session, "eve", "Eve", START)
            raise LookupError

    with pytest.raises(LookupError):
        change()
    with database.reading() as session, pytest.raises(people.NotFound):
        people.find_user(session, "eve")


def test_times_without_a_zone_are_refused_and_others_come_back_the_same(database):
    with pytest.raises(StatementError, match="without a time zone"), database.writing() as session:
        people.add_user(session, "eve", "Eve", datetime(2027, 1, 1))
    with database.writing() as session:
        people.add_user(session, "eve", "Eve", START)
    with database.reading() as session:
        assert people.find_user(session, "eve").created == START


def test_references_to_nothing_are_refused(database):
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(tables.Enrolment(course_id="none", user_id="none", role="learner", created=START))


def test_writers_at_the_same_time_lose_nothing(database):
    def add(number):
        for part in range(10):
            with database.writing() as session:
                people.add_user(session, f"u{number}-{part}", "", START)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.query(tables.User).count() == 80


@contextmanager
def held_by_another_program(database):
    """Somebody else writes meanwhile."""
    with closing(sqlite3.connect(database.engine.url.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other
        other.execute("ROLLBACK")


ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@ON_SQLITE
def test_who_writes_waits_for_another_program(database):
    done = []

    def write():
        with database.writing() as session:
            people.add_course(session, "py", "Python", START)
            done.append(session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar())

    writer = threading.Thread(target=write)
    with held_by_another_program(database):
        writer.start()
        writer.join(0.3)
        assert done == []
        with database.reading() as session:
            assert session.get(tables.Course, "py") is None
    writer.join(30)
    assert done == [30_000], "and what comes after waits as long as before"


@ON_SQLITE
def test_who_waits_too_long_for_another_program_is_told(database, monkeypatch):
    monkeypatch.setattr("grader.store.database._BUSY_SECONDS", 0.05)
    with held_by_another_program(database), pytest.raises(OperationalError, match="locked"):  # noqa: SIM117
        with database.writing() as session:
            people.add_course(session, "py", "Python", START)
    with database.writing() as session:
        people.add_course(session, "py", "Python", START)


@ON_SQLITE
def test_who_waits_too_long_for_another_thread_is_told(database, monkeypatch):
    monkeypatch.setattr("grader.store.database._BUSY_SECONDS", 0.05)
    refused = []

    def write():
        with pytest.raises(TooBusy, match="others have been writing") as told, database.writing():
            pass
        refused.append(told.value)

    writer = threading.Thread(target=write)
    with database.writing() as session:
        people.add_course(session, "py", "Python", START)
        writer.start()
        writer.join(30)
    assert len(refused) == 1
    with database.reading() as session:
        assert session.get(tables.Course, "py") is not None


def test_contents_come_back_under_their_digest(blobs):
    name = blobs.put(b"abc")
    assert name == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (blobs.put(b"abc"), blobs.get(name)) == (name, b"abc")


def test_damaged_missing_and_foreign_names_are_refused(blobs, tmp_path):
    name = blobs.put(b"abc")
    (stored,) = (path for path in (tmp_path / "blobs").rglob("*") if path.is_file())
    stored.write_bytes(b"abd")
    for bad, message in ((name, "damaged"), ("sha256:" + "0" * 64, "is not in"), ("../../etc/passwd", "no name")):
        with pytest.raises(BlobMissing, match=message):
            blobs.get(bad)
    assert blobs.get(blobs.put(b"abc")) == b"abc"


def test_a_content_half_written_is_never_seen(blobs, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda number: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        blobs.put(b"abc")
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []
