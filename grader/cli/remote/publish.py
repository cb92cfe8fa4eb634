"""``grader publish``."""

from __future__ import annotations

from pathlib import Path

import click

from ...assignment import load_assignment
from ...submission.pack import pack
from ..consoles import out
from .session import connect

__all__ = ["command"]


@click.command(name="publish")
@click.argument("assignment", type=click.Path(path_type=Path))
@click.option("--course", "-c", required=True)
def command(assignment: Path, course: str) -> None:
    """Publish the ASSIGNMENT folder in a course, or a new version of it. Run 'grader check' first."""
    loaded = load_assignment(assignment)
    with connect() as client:
        done = client.post(f"/courses/{course}/assignments", files={"archive": ("assignment.tar.gz", pack(loaded.files))})
    state = "published" if done["is_new"] else "is published already:"
    out.print(f"{state} {course}/{done['assignment']} {done['version'][:19]}", markup=False)
