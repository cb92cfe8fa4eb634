"""Celery's Redis transport, mended: a worker whose broker went away while it worked comes back when the broker does.

In kombu's own (5.7), a message that can't be acknowledged keeps its place among the prefetched ones for ever. With a
prefetch of one the worker then asks for no other, and does not even notice that its connection is gone.
"""

from __future__ import annotations

from kombu.transport import TRANSPORT_ALIASES, redis, virtual

__all__ = ["SCHEME", "Transport"]

SCHEME = "grader"
"""Scheme of broker URLs that use this transport."""


class _QoS(redis.QoS):  # type: ignore[misc]
    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        finally:
            virtual.QoS.ack(self, delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue)
        finally:
            virtual.QoS.ack(self, delivery_tag)


class _Channel(redis.Channel):  # type: ignore[misc]
    QoS = _QoS


class Transport(redis.Transport):  # type: ignore[misc]
    """Connects to Redis or Valkey."""

    Channel = _Channel


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:{Transport.__name__}"
