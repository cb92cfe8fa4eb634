"""Chance in tests: what they draw is the same for all submissions, so that their scores can be compared."""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ..sizes import digest_of

__all__ = ["Chance"]


class Chance:
    """Begins the numbers anew that ``random`` and NumPy give.

    Args:
        tests: Content of the test files by path. Who does not know them can't foresee what the tests draw.
    """

    def __init__(self, tests: Mapping[str, bytes]) -> None:
        self._key = digest_of(tests)

    def begin(self, place: str) -> None:
        """Begin for a test, or whatever else has a name: each has numbers of its own, whatever ran before it."""
        # Made by Python itself: libraries of cryptography take milliseconds to begin, in each process.
        number = int.from_bytes(hashlib.blake2b(place.encode(), key=self._key, digest_size=4).digest())
        random.seed(number)
        numpy = sys.modules.get("numpy.random")
        if numpy is not None:
            numpy.seed(number)

    @contextmanager
    def apart(self, place: str) -> Iterator[None]:
        """Let what several tests share draw numbers of its own; those of the test that needs it first go on afterwards."""
        numpy = sys.modules.get("numpy.random")
        state, other = random.getstate(), numpy.get_state() if numpy is not None else None
        self.begin(place)
        try:
            yield
        finally:
            random.setstate(state)
            if numpy is not None:
                numpy.set_state(other)
