"""How the process in a container meets the worker: as its command says."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence

__all__ = ["meet"]


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
