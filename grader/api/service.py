"""What requests share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Request

from ..broker import Breaker, Tickets, Waker, make_celery
from ..settings import Settings
from ..store import Clock, Database, open_blobs
from .live import Hub
from .rates import Rates
from .uploads import Uploads

__all__ = ["Here", "Service"]


class Service:
    """Database, blobs, broker, tickets, limits, uploads and live progress of one API process.

    Args:
        settings: What the operator set.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings.database)
        self._clock = Clock(self.database)
        self.blobs = open_blobs(settings.blobs)
        self.broker = Breaker(settings)
        self.tickets = Waker(Tickets(make_celery(settings), settings), self.broker)
        self.rates = Rates(settings, self.broker)
        self.uploads = Uploads(settings.max_uploads, settings.upload_memory)
        self.hub = Hub(self.database, settings)

    def close(self) -> None:
        """Send what still waits to be sent, and close all connections."""
        self.tickets.close()
        self.broker.close()
        self.database.close()

    def now(self) -> datetime:
        """The present, by the database's clock."""
        return self._clock.now()


def _service(request: Request) -> Service:
    return cast(Service, request.app.state.service)


Here = Annotated[Service, Depends(_service)]
