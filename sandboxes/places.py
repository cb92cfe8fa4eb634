"""The meeting place: where candidates connect to examiners by themselves, on an engine whose files can't be seen from here.

Over attached streams each call would go through the engine four times. A folder in memory of the engine's machine, shown to
the containers of one grader, lets the two meet. It belongs to a container that is never started, and goes with the last one
that sees it, so nothing has to be removed that sweeping does not know.
"""

from __future__ import annotations

import threading
from contextlib import suppress

from .engine import Container, ContainerSpec, Engine
from .errors import EngineUnavailable, SandboxFailure

__all__ = ["EXAMINER", "MeetingPlace"]

EXAMINER = 10002
"""The user that examiners run as, and whose processes may listen there."""

_LEAST = 16 * 1024 * 1024
"""Bytes, since an engine wants a limit; nothing is run in it."""
_FIRM = 3
"""How often in a row it has to fail."""


class MeetingPlace:
    """The one of a grader, made when it is first needed. Thread-safe.

    Args:
        engine: Where it is.
        opens: User whose processes may listen there.
    """

    def __init__(self, engine: Engine, opens: int) -> None:
        self._engine = engine
        self._opens = opens
        self._lock = threading.Lock()
        self._place: Container | None = None
        self._failures = 0

    def current(self, image: str, kept: bool) -> Container | None:
        """The container that it belongs to; ``None`` where it has failed again and again.

        Args:
            image: Any of ours; nothing of it is run.
            kept: As in ``ContainerSpec``.

        Raises:
            EngineUnavailable: The engine does not answer.
        """
        with self._lock:
            if self._failures >= _FIRM:
                return None
            if self._place is None:
                try:
                    self._place = self._engine.create(_spec(image, self._opens, kept))
                except EngineUnavailable:
                    raise
                except SandboxFailure:
                    self._failures += 1
            return self._place

    def lose(self, place: Container) -> None:
        """It can't be shown to containers any more: the next ones get another, and it goes with the last that sees it."""
        with self._lock:
            if self._place == place:
                self._place = None
                self._failures += 1
                with suppress(SandboxFailure):  # who sweeps takes it, once this process has ended
                    self._engine.remove(place)

    def tell(self, met: bool) -> None:
        """Hear whether two met there."""
        with self._lock:
            self._failures = 0 if met else self._failures + 1

    def close(self) -> None:
        """Remove it, once no container is left that sees it."""
        with self._lock:
            self._failures = _FIRM
            if self._place is not None:
                self._engine.remove(self._place)


def _spec(image: str, opens: int, kept: bool) -> ContainerSpec:
    return ContainerSpec(
        image=image,
        role="place",
        command=[],
        user=opens,
        memory=_LEAST,
        processes=1,
        tmpfs={},
        kept=kept,
        opens=opens,
    )
