"""Chance in tests: what they draw is the same for all submissions, so that their scores can be compared."""

from __future__ import annotations

import random
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["apart", "seed"]


def seed(place: str) -> None:
    """Begin the numbers anew that ``random`` and NumPy give.

    Args:
        place: What begins. Each has numbers of its own, whatever ran before it.
    """
    random.seed(place)
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        numpy.seed(zlib.crc32(place.encode()))


@contextmanager
def apart(place: str) -> Iterator[None]:
    """Let what several tests share draw numbers of its own; those of the test that needs it first go on afterwards."""
    numpy = sys.modules.get("numpy.random")
    state, other = random.getstate(), numpy.get_state() if numpy is not None else None
    seed(place)
    try:
        yield
    finally:
        random.setstate(state)
        if numpy is not None:
            numpy.set_state(other)
