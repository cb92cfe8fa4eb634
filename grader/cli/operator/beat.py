"""``grader beat``."""

from __future__ import annotations

from pathlib import Path

import click

from workers.control import run_control

from ...settings import load_settings
from ..serving import data_option, log_to_stderr

__all__ = ["command"]


@click.command(name="beat")
@data_option
def command(data: Path | None) -> None:
    """Every few seconds, give lost work to others and wake workers. One is enough; several do no harm."""
    log_to_stderr()
    run_control(load_settings(data=data))
