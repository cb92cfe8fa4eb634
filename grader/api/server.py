"""The HTTP server's protocol, with the one deadline that the server itself does not know: for a request's head."""

from __future__ import annotations

import asyncio
import socket
from typing import cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["HEADER_TIMEOUT", "PunctualProtocol"]

HEADER_TIMEOUT = "header_timeout"
"""Key of the lifespan's state: seconds from the first byte, or the connection, to the end of a request's head."""


def send_at_once(transport: asyncio.Transport) -> None:
    """Have answers leave without waiting for the client's acknowledgement of what went before, which takes 40 ms.

    asyncio does so by itself, but for sockets that several processes share: these are made without naming TCP.
    """
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class PunctualProtocol(H11Protocol):
    """Ends connections that don't bring a request's head in time, however steadily they send.

    The server's own timer is for idle connections: any byte stops it, for good.
    """

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See ``asyncio.Protocol``."""
        super().connection_made(transport)
        send_at_once(transport)
        self._watch_head()

    def data_received(self, data: bytes) -> None:
        """See ``asyncio.Protocol``."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._watch_head()
        else:
            self._head_is_there()

    def connection_lost(self, exc: Exception | None) -> None:
        """See ``asyncio.Protocol``."""
        self._head_is_there()
        super().connection_lost(exc)

    def _watch_head(self) -> None:
        if self._head_timer is None:
            seconds = cast(float, self.app_state[HEADER_TIMEOUT])
            self._head_timer = self.loop.call_later(seconds, self._head_is_late)

    def _head_is_there(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        self._head_timer = None
        # A request that came whole meanwhile (pipelined behind another) is not late.
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.abort()
