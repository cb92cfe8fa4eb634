"""Tests that are run again, as they are or with a change, and the search for changes with which no right solution passes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from ..objects.altering import Altering
from ..objects.changes import NOTE, TRY, Change

__all__ = ["Rounds"]

_LONGEST_TRIES, _LONGEST_SEARCH, _FEWEST_TRIES = 2.0, 30.0, 4
"""Seconds in which changes of one test, and of all, are tried; and how many are tried however long it takes."""


class Rounds:
    """Goes through the tests of one session.

    Args:
        altering: Makes the changes.
        order: Ids of the tests, some perhaps several times.
        changes: For each of them None, or a change to make in it, ``NOTE`` or ``TRY``.

    Attributes:
        passed: Whether the last test passed; whoever runs it says so.
    """

    def __init__(self, altering: Altering, order: Sequence[str], changes: Sequence[Any]) -> None:
        self._altering = altering
        self._pairs = list(zip(order, changes, strict=True))
        self.passed = False
        self._began = self._since = 0.0
        self._tries = 0

    def each(self, known: dict[str, pytest.Item]) -> Iterator[tuple[pytest.Item, Any]]:
        """Each test that is to run next, made ready for its change, and what is set up for after it.

        Args:
            known: The tests by their ids; others are left out.
        """
        self._altering.collecting = False
        self._began = time.monotonic()
        pairs = [(known[name], change) for name, change in self._pairs if name in known]
        following = [*(item for item, _change in pairs[1:]), None]
        for (item, change), after in zip(pairs, following, strict=True):
            if self._begins(item.nodeid, change):
                # Before its own next run a test is torn down, and what it shares with others is not.
                yield item, item.parent if after is item else after

    def _begins(self, name: str, change: Any) -> bool:
        if change == NOTE:
            self._altering.note()
            self._since, self._tries = time.monotonic(), 0
        elif change != TRY:
            self._altering.run(Change(*change) if change is not None else None)
        elif self._altering.may_try(name, self.passed) and self._goes_on():
            self._altering.begin_try()
        else:
            return False
        return True

    def _goes_on(self) -> bool:
        self._tries += 1
        now = time.monotonic()
        takes_long = now - self._since > _LONGEST_TRIES or now - self._began > _LONGEST_SEARCH
        return self._tries <= _FEWEST_TRIES or not takes_long
