"""What commands of operators share: settings, logs and the store."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from ..settings import Settings, load_settings
from ..store import Database
from ..store.private import UMASK, warn_of_open_folder
from .main import operator_errors
from .text import PlainFormatter

__all__ = ["data_option", "log_to_stderr", "store_of", "writing"]


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--data``. What the command writes, and what it starts, is for this user alone."""

    @functools.wraps(command)
    def private(*arguments: Any, **options: Any) -> Any:
        os.umask(UMASK)
        return command(*arguments, **options)

    return click.option(
        "--data", type=click.Path(path_type=Path, file_okay=False), help="Folder for everything the service keeps."
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
    database = Database(settings.database)
    database.check()
    return database


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
