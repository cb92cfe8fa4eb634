"""``grader beat``."""

from __future__ import annotations

from pathlib import Path

import click

from workers.app import run_beat

from ...settings import load_settings
from ..serving import data_option, log_to_stderr

__all__ = ["command"]


@click.command(name="beat")
@data_option
def command(data: Path | None) -> None:
    """Say every few seconds that it is time to sweep. One is enough; several do no harm."""
    log_to_stderr()
    run_beat(load_settings(data=data))
