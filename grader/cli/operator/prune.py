"""``grader prune``."""

from __future__ import annotations

from pathlib import Path

import click

from ...operations.prune import prune
from ...settings import load_settings
from ...store import Clock, open_blobs
from ..consoles import out
from ..main import operator_errors
from ..serving import data_option, store_of

__all__ = ["command"]


@click.command(name="prune")
@click.option("--dry-run", is_flag=True, help="Only count.")
@data_option
def command(dry_run: bool, data: Path | None) -> None:
    """Delete what is not needed any more: old events, deliveries, keys and messages, files that nothing refers to.

    A service that runs does so by itself each night. Submissions, gradings and marks are kept for ever.
    """
    settings = load_settings(data=data)
    with operator_errors():
        database = store_of(settings)
        try:
            found = prune(database, open_blobs(settings.blobs), settings, Clock(database).now(), dry_run)
        finally:
            database.close()
    for kind, count in found.items():
        if count:
            out.print(f"{kind}: {count}", markup=False)
    if not any(found.values()):
        out.print("nothing to delete")
    elif dry_run:
        out.print("nothing was deleted (--dry-run)")
