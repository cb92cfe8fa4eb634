"""Delete what is not needed any more, each night."""

from __future__ import annotations

import logging

from grader.operations.prune import prune

from .context import Context

__all__ = ["prune_outdated"]

_log = logging.getLogger(__name__)


def prune_outdated(context: Context) -> None:
    """Delete what is older than the settings say."""
    found = prune(context.database, context.blobs, context.settings, context.now())
    if any(found.values()):
        _log.info("deleted: %s", ", ".join(f"{count} {kind}" for kind, count in found.items() if count))
