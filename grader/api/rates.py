"""Rate limits, counted in the broker, or in this process while the broker does not answer."""

from __future__ import annotations

import time
from typing import Any

import redis
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import SlidingWindowCounterRateLimiter

from ..broker import Breaker
from ..broker.urls import redis_url
from ..settings import Settings
from .problems import TooMany

__all__ = ["Rates"]

_PATIENCE = 0.5
"""Seconds that one request may lose when the broker falls silent; those after it lose none."""


class Rates:
    """Counts requests.

    Args:
        settings: The limits, and where the broker is.
        breaker: Knows whether the broker answers.
    """

    def __init__(self, settings: Settings, breaker: Breaker) -> None:
        self.requests = parse(settings.rate_limit)
        self.submissions = parse(settings.submit_rate_limit)
        self.refused = parse(settings.anonymous_rate_limit)
        self._local = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = SlidingWindowCounterRateLimiter(_storage(settings))
        self._breaker = breaker

    def hit(self, limit: RateLimitItem, *names: str) -> None:
        """Count a request.

        Raises:
            TooMany: It is one too many.
        """
        if not self._ask("hit", limit, *names):
            raise self._too_many(limit, *names)

    def test(self, limit: RateLimitItem, *names: str) -> None:
        """See that there is room, without counting.

        Raises:
            TooMany: There is none.
        """
        if not self._ask("test", limit, *names):
            raise self._too_many(limit, *names)

    def _ask(self, question: str, limit: RateLimitItem, *names: str) -> Any:
        if self._breaker.answers:
            try:
                return getattr(self._shared, question)(limit, *names)
            except redis.RedisError as error:
                self._breaker.failed(error)
        return getattr(self._local, question)(limit, *names)

    def _too_many(self, limit: RateLimitItem, *names: str) -> TooMany:
        reset = self._ask("get_window_stats", limit, *names).reset_time
        return TooMany(max(1, round(reset - time.time())))


def _storage(settings: Settings) -> Storage:
    url = redis_url(settings.broker)
    if url.startswith("unix://"):
        url = f"redis+{url}"
    return RedisStorage(url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE)
