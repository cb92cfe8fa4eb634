"""Whether the broker answers, so that whoever serves requests need not find out each time."""

from __future__ import annotations

import logging
import threading

import redis

from ..settings import Settings
from .urls import redis_url

__all__ = ["Breaker"]

_log = logging.getLogger(__name__)
_EVERY = 1.0
"""Seconds."""
_PATIENCE = 0.5
"""Seconds."""
_PROBE = "grader:probe"


class Breaker:
    """Knows whether the broker answered when it was last asked for something. Thread-safe.

    While it does not answer it is asked in the background, by one thread of this process.

    Args:
        settings: Where the broker is.
    """

    def __init__(self, settings: Settings) -> None:
        self._client = redis.Redis.from_url(
            redis_url(settings.broker), socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
        )
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._asking: threading.Thread | None = None

    @property
    def answers(self) -> bool:
        """Whether to ask the broker for anything."""
        return self._asking is None

    def failed(self, reason: object) -> None:
        """It did not answer, or refused."""
        with self._lock:
            if self._asking is not None or self._closed.is_set():
                return
            _log.warning("the broker does not answer, and requests do without it: %s", reason)
            self._asking = threading.Thread(target=self._ask, name="broker", daemon=True)
            self._asking.start()

    def probe(self) -> None:
        """See that the broker takes something: one that is out of memory answers all the same.

        Raises:
            redis.RedisError: It does not answer, or refuses.
        """
        self._client.set(_PROBE, 1, ex=60)

    def _ask(self) -> None:
        while not self._closed.wait(_EVERY):
            try:
                self.probe()
            except redis.RedisError:
                continue
            with self._lock:
                self._asking = None
            _log.warning("the broker answers again")
            return

    def close(self) -> None:
        """Ask no more."""
        self._closed.set()
        self._client.close()
