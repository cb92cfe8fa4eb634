"""``grader restore``."""

from __future__ import annotations

from pathlib import Path

import click

from ...errors import Unavailable
from ...operations.backup import restore
from ...settings import load_settings
from ..consoles import out
from ..main import operator_errors
from ..serving import data_option

__all__ = ["command"]


@click.command(name="restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@data_option
def command(file: Path, data: Path | None) -> None:
    """Put a backup into a data folder without a database, before anything is started there."""
    settings = load_settings(data=data)
    with operator_errors():
        try:
            count = restore(settings, file)
        except OSError as error:
            raise Unavailable(f"nothing was restored: {error}") from None
    out.print(f"{settings.data}: the database and {count} contents are back", markup=False)
