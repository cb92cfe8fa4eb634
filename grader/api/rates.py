"""Rate limits, counted in the broker, or in this process while the broker does not answer."""

from __future__ import annotations

import logging
import time

import redis
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import SlidingWindowCounterRateLimiter

from ..broker.tickets import redis_url
from ..settings import Settings
from .problems import TooMany

__all__ = ["Rates"]

_log = logging.getLogger(__name__)
_RETRY_BROKER = 10.0


class Rates:
    """Counts requests.

    Args:
        settings: The limits, and where the broker is.
    """

    def __init__(self, settings: Settings) -> None:
        self.requests = parse(settings.rate_limit)
        self.submissions = parse(settings.submit_rate_limit)
        self.refused = parse(settings.anonymous_rate_limit)
        self._local = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = SlidingWindowCounterRateLimiter(_storage(settings))
        self._shared_again_at = 0.0

    def hit(self, limit: RateLimitItem, *names: str) -> None:
        """Count a request.

        Raises:
            TooMany: It is one too many.
        """
        if not self._do("hit", limit, *names):
            raise self._too_many(limit, *names)

    def test(self, limit: RateLimitItem, *names: str) -> None:
        """See that there is room, without counting.

        Raises:
            TooMany: There is none.
        """
        if not self._do("test", limit, *names):
            raise self._too_many(limit, *names)

    def _do(self, act: str, limit: RateLimitItem, *names: str) -> bool:
        if time.monotonic() >= self._shared_again_at:
            try:
                return bool(getattr(self._shared, act)(limit, *names))
            except redis.RedisError as error:
                self._shared_again_at = time.monotonic() + _RETRY_BROKER
                _log.warning("rate limits are counted for this process alone: %s", error)
        return bool(getattr(self._local, act)(limit, *names))

    def _too_many(self, limit: RateLimitItem, *names: str) -> TooMany:
        try:
            reset = self._shared.get_window_stats(limit, *names).reset_time
        except redis.RedisError:
            reset = self._local.get_window_stats(limit, *names).reset_time
        return TooMany(max(1, round(reset - time.time())))


def _storage(settings: Settings) -> Storage:
    url = redis_url(settings.broker)
    if url.startswith("unix://"):
        url = f"redis+{url}"
    return RedisStorage(url, socket_timeout=1, socket_connect_timeout=1)
