"""What Python tells of itself while it runs (https://peps.python.org/pep-0578/), for whoever wants to know of some of it.

There are thousands of events in a run of a few tests, and each costs a call for each hook: so there is one, for all.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["hear"]

_listeners: dict[str, list[Callable[[str, tuple[Any, ...]], None]]] = {}


def hear(events: Iterable[str], listener: Callable[[str, tuple[Any, ...]], None]) -> None:
    """Call ``listener`` with each of some events and its arguments, from now on and for good."""
    if not _listeners:
        sys.addaudithook(_tell)
    for event in events:
        _listeners.setdefault(event, []).append(listener)


def _tell(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _listeners:
        for listener in _listeners[event]:
            listener(event, arguments)
