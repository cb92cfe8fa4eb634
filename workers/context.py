"""What the tasks of one process share."""

from __future__ import annotations

from datetime import datetime

from celery import Celery

from grader.broker import ProgressWriter, Tickets
from grader.settings import Settings
from grader.store import Clock, Database, open_blobs
from sandboxes.owner import HOST, owner

from .graders import Graders

__all__ = ["Context"]


class Context:
    """Database, blobs, broker and warm graders.

    Args:
        settings: What the operator set.
        app: The Celery application.
    """

    def __init__(self, settings: Settings, app: Celery) -> None:
        self.settings = settings
        self.database = Database(settings.database)
        self._clock = Clock(self.database)
        self.blobs = open_blobs(settings.blobs)
        self.tickets = Tickets(app, settings)
        self.progress = ProgressWriter(settings)
        self.graders = Graders(self.blobs, settings)

    def now(self) -> datetime:
        """The present, by the database's clock."""
        return self._clock.now()

    @staticmethod
    def worker() -> str:
        """The name of this process, from which others on this machine can tell whether it still runs."""
        return f"{HOST}/{owner()}"

    def close(self) -> None:
        """Remove all containers, close all connections."""
        self.graders.close()
        self.database.close()
