"""Live progress of a grading: a stream for each submission, which whoever comes late reads from its start."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import redis
import redis.asyncio

from ..settings import Settings
from .urls import redis_url

__all__ = ["ProgressReader", "ProgressWriter"]

_log = logging.getLogger(__name__)
_KEPT_SECONDS = 3600
_MOST = 5000


def _key(submission_id: str) -> str:
    return f"grader:progress:{submission_id}"


class ProgressWriter:
    """Tells of progress. When the broker does not answer, nobody is told and the grading goes on.

    Args:
        settings: Where the broker is.
    """

    def __init__(self, settings: Settings) -> None:
        self._client = redis.Redis.from_url(redis_url(settings.broker), socket_timeout=2, socket_connect_timeout=1)

    def begin(self, submission_id: str) -> None:
        """Forget what was told of an earlier grading."""
        self._quietly(lambda: self._client.delete(_key(submission_id)))

    def tell(self, submission_id: str, event: Mapping[str, Any]) -> None:
        """Add an event, which learners may see."""

        def add() -> None:
            with self._client.pipeline(transaction=False) as pipe:
                pipe.xadd(_key(submission_id), {"event": json.dumps(event)}, maxlen=_MOST, approximate=True)
                pipe.expire(_key(submission_id), _KEPT_SECONDS)
                pipe.execute()

        self._quietly(add)

    def _quietly(self, act: Any) -> None:
        try:
            act()
        except redis.RedisError as error:
            _log.info("no live progress: %s", error)


class ProgressReader:
    """Reads progress.

    Args:
        settings: Where the broker is.
    """

    def __init__(self, settings: Settings) -> None:
        self._client = redis.asyncio.Redis.from_url(redis_url(settings.broker), socket_timeout=2, socket_connect_timeout=1)

    async def read(self, after: Mapping[str, str]) -> dict[str, Sequence[tuple[str, dict[str, Any]]]]:
        """What was told since.

        Args:
            after: For each submission, the id of the last event known, ``0`` for none.

        Returns:
            For each submission, ids and events in their order; nothing while the broker does not answer.
        """
        if not after:
            return {}
        try:
            async with self._client.pipeline(transaction=False) as pipe:
                for submission_id, last in after.items():
                    pipe.xrange(_key(submission_id), min=f"({last}" if last != "0" else "-")
                answers = await pipe.execute()
        except redis.RedisError:
            return {}
        return {
            submission_id: [(entry.decode(), json.loads(fields[b"event"])) for entry, fields in answer]
            for submission_id, answer in zip(after, answers, strict=True)
        }

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
