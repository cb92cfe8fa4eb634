"""Request bodies: none is read before somebody asks for it, and then within bounds of size and time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import cast

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import TooLarge, TooSlow, problem_of

__all__ = ["Body", "Bounded", "body_of"]

_KEY = "grader.body"
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
]
_LINGER_SECONDS, _LINGER_BYTES = 1.0, 2**20
_LONGEST_LENGTH = 18


class Body:
    """How much of a request's body there is and may be.

    Args:
        headers: The request's.
        most: Bytes that any request may have.

    Attributes:
        declared: Bytes that the headers announce; None where they don't say (chunked).
        most: Bytes that may come.
        finished: Whether all of it came, or there is none.
        awaited: Whether the sender waits for a word before sending it.
        received: Bytes that came.
    """

    def __init__(self, headers: Iterable[tuple[bytes, bytes]], most: int) -> None:
        given = dict(headers)
        length = given.get(b"content-length", b"0")
        whole = length.isdigit() and len(length) <= _LONGEST_LENGTH
        self.declared = None if b"transfer-encoding" in given else int(length) if whole else most + 1
        self.most = most
        self.finished = self.declared == 0
        self.awaited = given.get(b"expect", b"").lower() == b"100-continue"
        self.received = 0

    def limit(self, most: int) -> None:
        """Let no more come than so many bytes.

        Raises:
            TooLarge: More is announced.
        """
        self.most = min(most, self.most)
        if self.declared is not None and self.declared > self.most:
            raise self._too_large()

    def count(self, message: Message) -> None:
        """Take note of what came.

        Raises:
            TooLarge: It is more than may come.
        """
        self.received += len(message.get("body", b""))
        self.finished = not message.get("more_body", False)
        if self.received > self.most:
            raise self._too_large()

    def _too_large(self) -> TooLarge:
        return TooLarge(f"larger than the {self.most:,} bytes that are accepted here")


def body_of(request: Request) -> Body:
    """What is known of a request's body."""
    return cast(Body, request.scope[_KEY])


class Bounded:
    """Bounds bodies, announced or not, and ends connections whose body nobody wanted.

    Args:
        app: The app behind.
        most: Bytes that any request may have.
        seconds: From the first read of a body to its end.
    """

    def __init__(self, app: ASGIApp, most: int, seconds: float) -> None:
        self._app = app
        self._most = most
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = scope[_KEY] = Body(scope["headers"], self._most)
        answer = _Answer(body, receive, send)
        try:
            body.limit(self._most)
        except TooLarge as error:
            await problem_of(error)(scope, receive, answer)
            return
        await self._app(scope, _Reading(body, receive, self._seconds), answer)


class _Reading:
    """Receives a body within its bounds."""

    def __init__(self, body: Body, receive: Receive, seconds: float) -> None:
        self._body = body
        self._receive = receive
        self._seconds = seconds
        self._deadline: float | None = None

    async def __call__(self) -> Message:
        if self._body.finished:  # whoever asks now waits for the sender to go
            return await self._receive()
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow(f"the request's body did not arrive within {self._seconds:g} s") from None
        self._body.count(message)
        return message


class _Answer:
    """Sends an answer, and ends the connection after it if the body was not read.

    Otherwise the rest of it would be waited for, for as long as the sender likes. A sender who is in the midst of it gets a
    moment to see the answer: a connection that is closed with unread bytes in it is reset, and the answer may be lost.
    """

    def __init__(self, body: Body, receive: Receive, send: Send) -> None:
        self._body = body
        self._receive = receive
        self._send = send
        self._closes = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._closes = not self._body.finished
            close = [(b"connection", b"close")] if self._closes else []
            message = {**message, "headers": [*message.get("headers", []), *_HEADERS, *close]}
        elif self._closes and not message.get("more_body", False):
            await self._send({**message, "more_body": True})
            await self._linger()
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    async def _linger(self) -> None:
        left = 0 if self._body.awaited and not self._body.received else _LINGER_BYTES
        try:
            async with asyncio.timeout(_LINGER_SECONDS):
                while left > 0:
                    message = await self._receive()
                    left -= len(message.get("body", b""))
                    if message["type"] != "http.request" or not message.get("more_body", False):
                        return
        except TimeoutError:
            pass
