"""``grader start``."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import click

from ...errors import InputError
from ...submission.names import check_name
from ..consoles import out
from .session import connect, find_assignment, mark_folder
from .times import when

__all__ = ["command"]


@click.command(name="start")
@click.argument("assignment")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
def command(assignment: str, folder: Path | None) -> None:
    """Put an ASSIGNMENT's starter and public tests into a new FOLDER."""
    with connect() as client:
        found = find_assignment(client, assignment)
        archive = client.get(f"/courses/{found['course']}/assignments/{found['id']}/starter")
    folder = folder or Path(found["id"])
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is there already and not empty: name another folder")
    try:
        _unpack(archive, folder)
        mark_folder(folder, found)
    except OSError as error:
        raise InputError(f"{folder}: can't be written: {error.strerror}") from None
    out.print(f"{found['title']} is in {folder}: begin with {folder / 'README.md'}", markup=False)
    if found["due"]:
        out.print(f"due {when(found['due'])}", markup=False)
    out.print(f"then, in {folder}: 'grader test' runs the tests you have, 'grader submit' hands in", markup=False)


def _unpack(archive: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for entry in opened.infolist():
            path = folder / check_name(entry.filename)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(opened.read(entry))
