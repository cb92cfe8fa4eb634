"""What commands of operators share: settings, logs and the store."""

from __future__ import annotations

import functools
import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from ..errors import InputError, Unavailable
from ..service.retention import newest_blob
from ..settings import Settings, load_settings
from ..store import BlobMissing, Database, open_blobs
from ..store.private import UMASK, warn_of_open_folder
from .main import operator_errors
from .text import PlainFormatter

__all__ = ["data_option", "log_to_stderr", "see_that_files_are_there", "see_that_port_is_free", "store_of", "writing"]


class _Folder(click.Path):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":  # a variable of a script that is not set; the present folder is '.'
            self.fail("an empty name is no folder", param, ctx)
        return super().convert(value, param, ctx)


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--data``. What the command writes, and what it starts, is for this user alone."""

    @functools.wraps(command)
    def private(*arguments: Any, **options: Any) -> Any:
        os.umask(UMASK)
        return command(*arguments, **options)

    return click.option(
        "--data", type=_Folder(path_type=Path, file_okay=False), help="Folder for everything the service keeps."
    )(private)


def log_to_stderr() -> None:
    """One line an event, with the time in UTC."""
    handler = logging.StreamHandler()
    handler.setFormatter(PlainFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for chatty in ("httpx", "alembic", "celery.beat", "celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def store_of(settings: Settings) -> Database:
    """The database, if it is there and up to date."""
    warn_of_open_folder(settings.data)
    file = Database.file(settings.database)
    if file is not None and not file.is_file():  # to look would make an empty one
        raise Unavailable(f"{file}: there is no database yet: 'grader up' makes one, and 'grader db upgrade'")
    database = Database(settings.database)
    database.check()
    return database


def see_that_files_are_there(database: Database, settings: Settings) -> None:
    """See that the files are those that belong to the database, before any work is spoilt by others.

    Raises:
        InputError: They are not.
        Unavailable: They can't be read, or none be kept.
    """
    with database.reading() as session:
        name = newest_blob(session)
    try:
        blobs = open_blobs(settings.blobs)
        if name is not None:
            blobs.get(name)
        else:
            blobs.check()
    except OSError as error:
        raise Unavailable(f"files can't be kept in {settings.blobs}: {error.strerror}") from None
    except BlobMissing as error:
        text = f"{settings.blobs} does not hold what {database.name} names ({error})"
        raise InputError(
            f"{text}: all programs of a service need the same files, GRADER_BLOBS_URL or a GRADER_DATA that they share"
        ) from None


def see_that_port_is_free(settings: Settings) -> None:
    """Say so before anything is started that another program listens where the API should.

    Raises:
        InputError: It does, or nothing can listen there.
    """
    try:
        family, kind, number, _name, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, number) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        place, way = f"{settings.host}, port {settings.port}", "name another by --port or GRADER_PORT (and --host)"
        raise InputError(f"the API can't listen at {place} ({error.strerror}): {way}") from None


@contextmanager
def writing(data: Path | None) -> Iterator[tuple[Session, Settings]]:
    """A writing session for one command."""
    settings = load_settings(data=data)
    with operator_errors():
        database = store_of(settings)
        try:
            with database.writing() as session:
                yield session, settings
        finally:
            database.close()
