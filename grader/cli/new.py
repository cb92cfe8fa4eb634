"""``grader new``."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from ..errors import InputError
from .consoles import out

__all__ = ["command"]


@click.command(name="new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", help="Title of the assignment; default its name.")
@click.option(
    "--kind",
    type=click.Choice(["code", "test-writing"]),
    default="code",
    show_default=True,
    help="What learners hand in: code that is tested, or tests.",
)
def command(folder: Path, title: str | None, kind: str) -> None:
    """Make an assignment FOLDER to start from. It passes 'grader check' as it is."""
    if folder.exists():
        raise InputError(f"{folder} exists already: name a folder that does not")
    name = "".join(char if char.isascii() and char.isalnum() else "-" for char in folder.resolve().name.lower()).strip("-")
    if not name:
        raise InputError(f"{folder}: a folder's name needs a letter or digit, because it becomes the assignment's id")
    title = title or name.replace("-", " ").capitalize()
    template = resources.files("grader") / "templates" / kind
    for path, text in sorted(_texts(template)):
        target = folder / path.removesuffix(".in")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace("@ID@", name).replace("@TITLE@", title.replace('"', "'")), encoding="utf-8")
    out.print(f"made {folder}: edit it, then run 'grader check {folder}'", markup=False)


def _texts(folder: Traversable, prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name != "__pycache__":
                found += _texts(entry, f"{prefix}{entry.name}/")
        else:
            found.append((prefix + entry.name, entry.read_text(encoding="utf-8")))
    return found
