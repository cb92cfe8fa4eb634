"""``grader gradebook``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ...errors import InputError
from ...plain_text import plain, plain_json
from .session import connect

__all__ = ["command"]


@click.command(name="gradebook")
@click.argument("course")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "json", "canvas", "moodle"]),
    default="csv",
    show_default=True,
    help="Canvas and Moodle import theirs.",
)
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of standard output.")
def command(course: str, form: str, output: Path | None) -> None:
    """Write the grades of a COURSE that count now."""
    with connect() as client:
        content = client.get(f"/courses/{course}/gradebook", format=form)
    if isinstance(content, bytes):
        text = "\r\n".join(map(plain, content.decode().split("\r\n")))
    else:
        text = plain_json(json.dumps(content, indent=2, ensure_ascii=False)) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"{output}: can't be written: {error.strerror}") from None
