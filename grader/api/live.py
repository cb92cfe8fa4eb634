"""Live progress for everybody who watches: one look at the database and the broker for all of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from ..broker import ProgressReader
from ..service.waiting import places
from ..settings import Settings
from ..store import Database
from ..store.tables import Grading

__all__ = ["Hub", "Standing"]

_log = logging.getLogger(__name__)
_LOOK_EVERY = 0.4
_SLICE = 500


@dataclass(frozen=True)
class Standing:
    """How a submission stands.

    Attributes:
        state: ``queued``, ``running``, ``graded``, ``delayed`` (a failure of ours, to be tried again) or ``failed`` (the
            same, left to an operator).
        position: Its place in the queue, counted from 1.
    """

    state: str
    position: int | None = None


@dataclass
class _Watched:
    """A submission that somebody watches."""

    watchers: int = 0
    standing: Standing | None = None
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


class Hub:
    """Looks for all watchers of one process.

    Args:
        database: Where states are.
        settings: Where the broker is.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._watched: dict[str, _Watched] = {}
        self._looked = asyncio.Condition()
        self._someone = asyncio.Event()

    async def run(self) -> None:
        """Look again and again, while somebody watches."""
        reader = ProgressReader(self._settings)
        try:
            while True:
                await self._someone.wait()
                try:
                    await self._look(reader)
                except SQLAlchemyError as error:
                    _log.warning("watchers wait for the database: %s", error)
                async with self._looked:
                    self._looked.notify_all()
                await asyncio.sleep(_LOOK_EVERY)
        finally:
            await reader.close()

    async def watch(self, submission_id: str) -> AsyncIterator[tuple[Standing, list[tuple[str, dict[str, Any]]]]]:
        """How a submission stands and what is newly known of its tests, at each look."""
        with self._watching(submission_id) as watched:
            seen = 0
            while True:
                async with self._looked:
                    await self._looked.wait()
                if watched.standing is None:
                    continue
                if seen > len(watched.events):  # another grading began
                    seen = 0
                fresh = watched.events[seen:]
                seen += len(fresh)
                yield watched.standing, fresh

    @contextmanager
    def _watching(self, submission_id: str) -> Iterator[_Watched]:
        watched = self._watched.setdefault(submission_id, _Watched())
        watched.watchers += 1
        self._someone.set()
        try:
            yield watched
        finally:
            watched.watchers -= 1
            if not watched.watchers:
                self._watched.pop(submission_id, None)
            if not self._watched:
                self._someone.clear()

    async def _look(self, reader: ProgressReader) -> None:
        ids = list(self._watched)
        standings = await asyncio.to_thread(self._standings, ids)
        # Read after the states: what is finished has told everything by now.
        telling = {
            one: self._watched[one].events[-1][0] if self._watched[one].events else "0"
            for one, standing in standings.items()
            if standing.state not in ("queued", "delayed", "failed") and one in self._watched
        }
        for one, fresh in (await reader.read(telling)).items():
            if one in self._watched:
                self._watched[one].events.extend(fresh)
        for one, standing in standings.items():
            if one in self._watched:
                if standing.state in ("queued", "delayed"):
                    self._watched[one].events.clear()
                self._watched[one].standing = standing

    def _standings(self, ids: list[str]) -> dict[str, Standing]:
        with self._database.reading() as session:
            newest: dict[str, tuple[str, str, int]] = {}
            for start in range(0, len(ids), _SLICE):
                columns = select(Grading.submission_id, Grading.id, Grading.state, Grading.failures)
                newest_last = columns.where(Grading.submission_id.in_(ids[start : start + _SLICE])).order_by(Grading.number)
                newest |= {one: (grading, state, failures) for one, grading, state, failures in session.execute(newest_last)}
            queued = [grading for grading, state, _failures in newest.values() if state == "queued"]
            at = places(session, queued) if queued else {}
        return {one: standing_of(state, failures, at.get(grading)) for one, (grading, state, failures) in newest.items()}


def standing_of(state: str, failures: int, position: int | None) -> Standing:
    """How a submission stands whose newest grading is in this state."""
    if state == "queued":
        return Standing("delayed" if failures else "queued", position)
    return Standing(state)
