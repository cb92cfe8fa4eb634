"""How the process in a container meets the worker: as its command says."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence

__all__ = ["MEETING_PLACE", "meet", "meet_examiner"]

MEETING_PLACE = "/run/grader"
"""Where sockets are shown to a container."""
_PATIENCE, _PAUSE = 2.0, 0.002
"""Seconds until an examiner listens that was told to, on a machine that may be busy."""


def meet(arguments: Sequence[str]) -> tuple[int, int]:
    """Connect as told (``socket PATH`` or ``stream``); returns descriptors to read from and to write to."""
    if arguments[0] == "socket":
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(arguments[1])
        reader = writer = connection.detach()
    else:
        reader, writer = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return reader, writer


def meet_examiner(name: str) -> int | None:
    """Connect straight to the examiner; returns the connection, or nothing where engine or kernel don't let the two meet.

    Args:
        name: Of the socket that it listens on.
    """
    end = time.monotonic() + _PATIENCE
    connection = socket.socket(socket.AF_UNIX)
    while time.monotonic() < end:
        try:
            connection.connect(f"{MEETING_PLACE}/{name}")
            return connection.detach()
        except OSError:
            time.sleep(_PAUSE)  # the order to listen may still be on its way
    connection.close()
    return None
