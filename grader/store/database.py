"""The database: SQLite by default, PostgreSQL at scale."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from .private import close_to_others, private_file
from .schema import SchemaOutdated, check_schema, upgrade_schema

__all__ = ["Database", "DatabaseUnavailable", "SchemaOutdated", "beside"]

_BUSY_SECONDS = 30
"""So long a writer waits for the one before it."""
_LOOK_AGAIN = 0.002
"""Seconds."""
_WRITES = "grader_writes"


class DatabaseUnavailable(Exception):
    """The database does not answer; the message says which and why."""


class Database:
    """Sessions with a database.

    Args:
        url: In SQLAlchemy's form, such as ``sqlite:////var/lib/grader/grader.db`` or
            ``postgresql+psycopg://user:password@host/grader``.

    Raises:
        DatabaseUnavailable: The URL is not one.
    """

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
            self._sqlite = parsed.get_backend_name() == "sqlite"
            if self._sqlite:
                _close_to_others(parsed.database)
                arguments = {"timeout": _BUSY_SECONDS}
                # A connection is a file handle: cheap to make, and unsafe to share with forked processes.
                self.engine = sqlalchemy.create_engine(parsed, connect_args=arguments, poolclass=NullPool)
                event.listen(self.engine, "connect", _on_sqlite_connect)
                event.listen(self.engine, "begin", _on_sqlite_begin)
            else:
                self.engine = sqlalchemy.create_engine(parsed, pool_pre_ping=True, pool_size=5, max_overflow=45)
        except (ArgumentError, ImportError) as error:
            raise DatabaseUnavailable(f"database_url: {error}") from None
        except OSError as error:
            raise DatabaseUnavailable(f"database_url: {error.filename}: {error.strerror}") from None
        self._turn: AbstractContextManager[object] = _Turns() if self._sqlite else nullcontext()
        self.name = parsed.render_as_string(hide_password=True)
        self._reading = sessionmaker(self.engine, expire_on_commit=False)
        writing = self.engine.execution_options(**{_WRITES: True})
        self._writing = sessionmaker(writing, expire_on_commit=False)

    @staticmethod
    def file(url: str) -> Path | None:
        """The file of an SQLite database; None of any other."""
        try:
            parsed = make_url(url)
        except ArgumentError:
            return None
        name = parsed.database if parsed.get_backend_name() == "sqlite" else None
        return Path(name) if name and not name.startswith((":", "file:")) else None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and changes nothing."""
        with self._reading() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are kept together when the block ends well, and not at all when it doesn't.

        On SQLite it waits for the one writer's place at once, so that what it has read stays true until it writes.

        Raises:
            sqlalchemy.exc.TimeoutError: Others have written for half a minute.
        """
        with self._turn, self._writing.begin() as session:
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    # Schema

    def upgrade(self) -> None:
        """Bring the tables to this version of the program, making them if there are none.

        Raises:
            DatabaseUnavailable: It does not answer.
            SchemaOutdated: It was made by a version so much newer that this one can't work with it.
        """
        try:
            with self.engine.execution_options(**{_WRITES: True}).begin() as connection:
                upgrade_schema(connection, self.name)
        except DBAPIError as error:
            raise DatabaseUnavailable(f"{self.name}: {error.orig}") from None

    def check(self) -> None:
        """See that the database answers and has tables that this version can work with.

        Raises:
            DatabaseUnavailable: It does not answer.
            SchemaOutdated: Its tables are older, or too new.
        """
        try:
            with self.engine.connect() as connection:
                check_schema(connection, self.name)
        except DBAPIError as error:
            raise DatabaseUnavailable(f"{self.name}: {error.orig}") from None


class _Turns:
    """SQLite has those who wait for its one writer try again and again, and some of them for seconds. Threads take turns."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=_BUSY_SECONDS):
            raise sqlalchemy.exc.TimeoutError(f"others have been writing to the database for {_BUSY_SECONDS} seconds")

    def __exit__(self, *error: object) -> None:
        self._lock.release()


def _close_to_others(name: str | None) -> None:
    """Make or close the database's files before SQLite opens them: it gives its other files the mode of the first."""
    if not name or name.startswith((":", "file:")):
        return
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    private_file(path)
    for other in beside(path):
        with suppress(FileNotFoundError):  # they come and go with the connections of other processes
            close_to_others(other)


def beside(path: Path) -> list[Path]:
    """The files that SQLite has beside its database at times, and reads as a part of it."""
    return [path.with_name(f"{path.name}{suffix}") for suffix in ("-wal", "-shm", "-journal")]


def _on_sqlite_connect(connection: object, record: object) -> None:
    # The driver would begin transactions late, and not at all for reading; see _on_sqlite_begin.
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode = WAL")
    # With WAL this survives a killed process and loses at most the last transactions in a power failure; FULL loses none.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITES):
        _begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """Take the one writer's place. SQLite itself would look ever more seldom, and whoever came later would be first."""
    end = time.monotonic() + _BUSY_SECONDS
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            break
        except OperationalError as error:
            busy = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > end:
                raise
            time.sleep(_LOOK_AGAIN)
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(_BUSY_SECONDS * 1000)}")
