"""Request bodies are bounded before anything reads them, and answers say how they may be used."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import TooLarge, problem

__all__ = ["Bounded"]

_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
]


class Bounded:
    """Refuses larger bodies, announced or not.

    Args:
        app: The app behind.
        most: Bytes.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        too_large = problem(413, "too-large", f"a request has {self._most:,} bytes at most", {"Connection": "close"})
        if announced.isdigit() and int(announced) > self._most:
            await too_large(scope, receive, send)
            return
        left = self._most
        answered = False

        async def bounded() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise TooLarge(f"a request has {self._most:,} bytes at most")
            return message

        async def marked(message: Message) -> None:
            nonlocal answered
            if left < 0:
                # Whoever read the body made something else of the error.
                if not answered:
                    answered = True
                    await too_large(scope, receive, send)
                return
            if message["type"] == "http.response.start":
                answered = True
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        try:
            await self._app(scope, bounded, marked)
        except TooLarge:
            if answered:
                raise
            await too_large(scope, receive, send)
