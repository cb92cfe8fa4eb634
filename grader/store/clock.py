"""The present, as all machines of a service have it.

Leases, turns and deadlines are compared by whoever looks at them, so the clocks of all machines would have to agree. They
need not: the database has one clock, which each process asks now and then, and counts on from there.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from .database import Database

__all__ = ["Clock"]

_ASK_AGAIN = 60.0
"""Seconds."""


class Clock:
    """Tells the database's time. Thread-safe.

    SQLite has the clock of this machine, which is the only one then.

    Args:
        database: Whose.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._shared = database.engine.dialect.name != "sqlite"
        self._lock = threading.Lock()
        self._then: datetime | None = None
        self._asked = 0.0

    def now(self) -> datetime:
        """The present.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: The database was never asked before, and does not answer.
        """
        if not self._shared:
            return datetime.now(UTC)
        with self._lock:
            if self._then is None:
                self._then = self._ask()
            elif time.monotonic() - self._asked > _ASK_AGAIN:
                counted = self._then + timedelta(seconds=time.monotonic() - self._asked)
                try:
                    self._then = self._ask()
                except SQLAlchemyError:  # whoever needs the database now will hear of it
                    self._then, self._asked = counted, time.monotonic()
            return self._then + timedelta(seconds=time.monotonic() - self._asked)

    def _ask(self) -> datetime:
        before = time.monotonic()
        with self._database.reading() as session:
            then: datetime = session.execute(text("select clock_timestamp()")).scalar_one()
        self._asked = (before + time.monotonic()) / 2
        return then.astimezone(UTC)
