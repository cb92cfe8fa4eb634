"""``grader images``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from sandboxes.images.ageing import prune_images
from sandboxes.images.build import ImageBuilder

from ..assignment import load_assignment
from .consoles import err, out
from .working import open_engine

__all__ = ["command"]


@click.group(name="images")
def command() -> None:
    """The images that sandboxes are started from."""


@command.command(name="build")
@click.argument("assignments", type=click.Path(path_type=Path), nargs=-1)
def build(assignments: tuple[Path, ...]) -> None:
    """Build what is missing: the images for plain Python, and those with the packages of ASSIGNMENTS."""
    loaded = [load_assignment(path) for path in assignments]
    last = ""

    with open_engine() as engine, err.status("looking at the images") as status:

        def show(text: str) -> None:
            nonlocal last
            status.update(text)
            if not err.is_terminal and text.split()[0] != last:  # without a terminal, one line for each kind of step
                last = text.split()[0]
                err.print(text, markup=False)

        builder = ImageBuilder(engine, show)
        images = {"candidate": builder.candidate(""), "examiner": builder.examiner("", "")}
        for assignment in loaded:
            needs, test_needs = assignment.requirements, assignment.test_requirements
            images[f"candidate of {assignment.settings.id}"] = builder.candidate(needs)
            images[f"examiner of {assignment.settings.id}"] = builder.examiner(needs, test_needs)
    for name, image in images.items():
        out.print(f"{name}: {image.removeprefix('sha256:')[:12]}")


@command.command(name="prune")
@click.option("--older", metavar="DAYS", type=click.FloatRange(min=0), help="Not used for so long; else GRADER_KEEP_IMAGES.")
@click.option("--dry-run", is_flag=True, help="Only name them.")
def prune(older: float | None, dry_run: bool) -> None:
    """Remove images that nobody has used for long: those of old versions, and of packages that no assignment needs any more.

    What is needed again is built again. A worker does so by itself each day, after the days that GRADER_KEEP_IMAGES says.
    """
    before = datetime.now(UTC) - timedelta(days=_days() if older is None else older)
    with open_engine() as engine:
        names = prune_images(engine, before, dry_run)
    for name in names:
        out.print(name, markup=False, highlight=False, soft_wrap=True)
    out.print(f"{len(names)} images {'would be removed (--dry-run)' if dry_run else 'removed'}", highlight=False)


def _days() -> float:
    try:
        from ..settings import load_settings
    except ModuleNotFoundError:  # without the service there are no settings
        return 30.0
    return load_settings().keep_images
