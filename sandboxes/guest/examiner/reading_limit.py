"""A limit on the CPU time that reading one message may take.

Numbers, sets and arrays are made of a message's bytes by C code, which nothing written in Python interrupts: neither a
thread, which would not get its turn, nor a signal's handler, which runs between instructions only. And the process that
judges is the first of its namespace, which the kernel does not end for a signal that it does not handle. So the handler is
C's ``_exit``.
"""

from __future__ import annotations

import ctypes
import signal
from collections.abc import Callable
from typing import Any

__all__ = ["MOST", "end_when_overdue", "limited"]

MOST = 10.0
"""Seconds of the process's own CPU time. The largest message that makes sense takes one, on a slow machine three."""


def end_when_overdue() -> None:
    """From now on, end the process at once when reading takes too long. The worker sees that its connection is closed."""
    libc = ctypes.CDLL(None)
    libc.signal.argtypes = [ctypes.c_int, ctypes.c_void_p]
    libc.signal(signal.SIGVTALRM, ctypes.cast(libc._exit, ctypes.c_void_p))


def limited(function: Callable[..., Any], *args: Any) -> Any:
    """Call a function that reads what arrived; it may take ``MOST`` seconds."""
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST)  # counts what the process computes, not what it waits
    try:
        return function(*args)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
