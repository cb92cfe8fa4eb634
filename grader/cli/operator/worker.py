"""``grader worker``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from workers.app import run_worker

from ...broker.tickets import BACKGROUND, QUEUES
from ...errors import InputError
from ...settings import load_settings
from ..main import operator_errors
from ..serving import data_option, log_to_stderr, see_that_files_are_there, store_of

__all__ = ["command"]


@click.command(name="worker")
@data_option
@click.option("--queues", default="learners,bulk", show_default=True, help="Which queues, the most urgent first.")
@click.option("--concurrency", "-c", type=click.IntRange(1, 64), help="Gradings at once; default the number of CPUs.")
def command(data: Path | None, queues: str, concurrency: int | None) -> None:
    """Work: grade (queues 'learners' and 'bulk'), or deliver webhooks and sweep (queue 'background').

    Stops when told to (SIGTERM, Ctrl-C) after finishing what it has begun.
    """
    names = [name.strip() for name in queues.split(",") if name.strip()]
    unknown = [name for name in names if name not in QUEUES]
    if unknown or not names:
        raise InputError(f"--queues: there is no queue {unknown[0] if unknown else ''!r}; there are {', '.join(QUEUES)}")
    if BACKGROUND in names and len(names) > 1:
        raise InputError("--queues: 'background' has workers of its own, so that no grading delays it")
    log_to_stderr()
    settings = load_settings(data=data)
    with operator_errors():
        database = store_of(settings)
        see_that_files_are_there(database, settings)
        database.close()
    run_worker(settings, names, concurrency or os.cpu_count() or 1)
