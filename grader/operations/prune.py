"""Delete what is not needed any more."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from ..service.retention import Bounds, blobs_in_use, outdated, prune_some
from ..settings import Settings
from ..store import BlobStore, Database

__all__ = ["prune"]

_UNUSED = timedelta(days=1)
"""How long a content may be there before what refers to it is."""


def prune(database: Database, blobs: BlobStore, settings: Settings, now: datetime, dry_run: bool = False) -> dict[str, int]:
    """Delete what is older than the settings say, and contents that nothing refers to; returns how many of each kind.

    Contents go in two steps: first they are set aside, a day later they are deleted, if they are still not used.

    Args:
        database: The service's.
        blobs: The service's.
        settings: How long things are kept.
        now: The present.
        dry_run: Whether to count alone.
    """
    bounds = Bounds(
        events=now - timedelta(days=settings.keep_events),
        keys=now - timedelta(days=settings.keep_keys),
        messages=now - timedelta(days=settings.keep_messages),
    )
    found = Counter[str]()
    if dry_run:
        with database.reading() as session:
            found.update(outdated(session, bounds))
    else:
        while True:
            with database.writing() as session:
                some = prune_some(session, bounds)
            found.update(some)
            if not some.total():
                break
    with database.reading() as session:
        used = blobs_in_use(session)
    found.update(blobs.discard(used, now - _UNUSED, dry_run))
    return dict(found)
