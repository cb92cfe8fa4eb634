"""``grader import``."""

from __future__ import annotations

from pathlib import Path

import click

from ..importers.exercism import import_exercism
from .consoles import out

__all__ = ["command"]


@click.group(name="import")
def command() -> None:
    """Make assignment folders from exercises of other systems."""


@command.command(name="exercism")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
def exercism(source: Path, target: Path) -> None:
    """Import the exercise folder SOURCE of an Exercism Python track into the new folder TARGET."""
    import_exercism(source, target)
    out.print(f"made {target}: run 'grader check {target}'", markup=False)
