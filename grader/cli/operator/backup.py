"""``grader backup``."""

from __future__ import annotations

from pathlib import Path

import click

from ...errors import InputError, Unavailable
from ...operations.backup import back_up
from ...report import now
from ...settings import load_settings
from ...store import BlobMissing
from ..consoles import out
from ..main import operator_errors
from ..serving import data_option

__all__ = ["command"]


@click.command(name="backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
def command(file: Path, data: Path | None) -> None:
    """Write all that a service keeps into FILE, while it runs: the SQLite database, and every file that it names."""
    if str(file) in ("-", "."):  # the latter is what an empty name is
        raise InputError("a backup is written into a file: give its name")
    settings = load_settings(data=data)
    with operator_errors():
        try:
            count = back_up(settings, file, now())
        except BlobMissing as error:
            way = "put that file back, from an earlier backup or the disk that it was on, and try again"
            raise Unavailable(f"the backup was not made: {error}: {way}") from None
        except OSError as error:
            raise Unavailable(f"the backup was not made: {error}") from None
    out.print(f"{file}: the database and {count} contents, {file.stat().st_size / 2**20:.1f} MiB", markup=False)
