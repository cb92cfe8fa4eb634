"""``grader db``."""

from __future__ import annotations

from pathlib import Path

import click

from ...settings import load_settings
from ...store import Database
from ..consoles import out
from ..main import operator_errors
from ..serving import data_option

__all__ = ["command"]


@click.group(name="db")
def command() -> None:
    """The service's database."""


@command.command(name="upgrade")
@data_option
def upgrade(data: Path | None) -> None:
    """Bring the database's tables to this version, making them if there are none."""
    settings = load_settings(data=data)
    with operator_errors():
        database = Database(settings.database)
        database.upgrade()
    out.print(f"{database.name} is up to date", markup=False)
