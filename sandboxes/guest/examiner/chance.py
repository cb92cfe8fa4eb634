"""Chance in tests: what they draw is the same for all submissions, so that their scores can be compared."""

from __future__ import annotations

import random
import sys
import zlib

__all__ = ["seed"]


def seed(place: str) -> None:
    """Begin the numbers anew that ``random`` and NumPy give.

    Args:
        place: What begins: a test or a fixture. Each has numbers of its own, whatever ran before it.
    """
    random.seed(place)
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        numpy.seed(zlib.crc32(place.encode()))
