"""Warm graders: an examiner and candidates for each of the assignments graded last."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from datetime import UTC, datetime, timedelta

from grader.grading import Grader
from grader.service.publishing import load_version
from grader.settings import Settings
from grader.store import BlobStore
from sandboxes.engine import Engine
from sandboxes.errors import SandboxFailure
from sandboxes.images.ageing import prune_images
from sandboxes.sweep import remove_own, sweep

__all__ = ["Graders"]

_log = logging.getLogger(__name__)
_SWEEP_EVERY = 60.0
_PRUNE_EVERY = 24 * 3600.0
"""Seconds."""


class Graders:
    """Keeps graders of the last few assignments of one process.

    Args:
        blobs: Where assignments are.
        settings: How many, and how containers are run.
    """

    def __init__(self, blobs: BlobStore, settings: Settings) -> None:
        self._blobs = blobs
        self._settings = settings
        self._engine: Engine | None = None
        self._swept = 0.0
        self._pruned = -_PRUNE_EVERY
        self._warm: OrderedDict[str, Grader] = OrderedDict()

    def get(self, blob: str, slug: str) -> Grader:
        """A grader for a published version.

        Raises:
            AssignmentError: The version can't be used.
            SandboxFailure: The grader can't work here.
        """
        engine = self.engine()
        if blob in self._warm:
            self._warm.move_to_end(blob)
            return self._warm[blob]
        while len(self._warm) >= self._settings.cached_assignments:
            _blob, oldest = self._warm.popitem(last=False)
            oldest.close()
        grader = Grader(load_version(self._blobs, blob, slug), engine)
        self._warm[blob] = grader
        return grader

    def engine(self) -> Engine:
        """The engine, swept of what killed processes left.

        Again and again: what an engine was about to make when its grader was killed appears after the first sweep.

        Raises:
            EngineUnavailable: It does not answer.
        """
        if self._engine is None or time.monotonic() > self._swept + _SWEEP_EVERY:
            engine = self._engine or Engine(self._settings.runtime)
            sweep(engine)
            self._prune(engine)
            self._engine, self._swept = engine, time.monotonic()
        return self._engine

    def _prune(self, engine: Engine) -> None:
        """Remove old images once a day: each worker those of its engine."""
        if time.monotonic() < self._pruned + _PRUNE_EVERY:
            return
        self._pruned = time.monotonic()
        try:
            names = prune_images(engine, datetime.now(UTC) - timedelta(days=self._settings.keep_images))
        except SandboxFailure as failure:
            _log.warning("%s", failure)  # the next day comes
            return
        if names:
            _log.info("removed images that nobody used: %s", ", ".join(names))

    def drop(self) -> None:
        """Begin anew after a failure."""
        for grader in self._warm.values():
            grader.abandon()
        self._warm.clear()
        self._engine = None

    def close(self) -> None:
        """Remove all containers."""
        for grader in self._warm.values():
            grader.close()
        self._warm.clear()
        if self._engine is not None:
            remove_own(self._engine)
