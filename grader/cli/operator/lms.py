"""``grader lms``."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...report import now
from ...service import endpoints
from ...service.errors import NotFound
from ...store.tables import Source
from ..consoles import err, out
from ..serving import data_option, writing

__all__ = ["command"]


@click.group(name="lms")
def command() -> None:
    """Learning platforms that hand in submissions by webhook."""


@command.command(name="add")
@click.argument("name")
@click.option("--course", required=True, help="The course that it hands in for.")
@data_option
def add(name: str, course: str, data: Path | None) -> None:
    """Let an LMS hand in. Prints the secret that it signs its messages with."""
    with writing(data) as (session, settings):
        source = endpoints.add_source(session, name, course, now())
    err.print(f"it posts to {settings.public_url}/lms/{source.id}; its secret:", markup=False)
    click.echo(source.secret)


@command.command(name="list")
@data_option
def show(data: Path | None) -> None:
    """List them."""
    with writing(data) as (session, _settings):
        for source in session.scalars(select(Source).order_by(Source.created)):
            state = "disabled" if source.disabled else "enabled"
            out.print(f"{source.id}  {source.name}  {source.course_id}  {state}", markup=False)


@command.command(name="rotate")
@click.argument("source_id")
@data_option
def rotate(source_id: str, data: Path | None) -> None:
    """Give an LMS a new secret and print it; for a day the old one is believed as well."""
    with writing(data) as (session, _settings):
        secret = endpoints.rotate(_named(session, source_id), now())
    click.echo(secret)


@command.command(name="disable")
@click.argument("source_id")
@data_option
def disable(source_id: str, data: Path | None) -> None:
    """Believe an LMS no more."""
    with writing(data) as (session, _settings):
        _named(session, source_id).disabled = now()
    out.print(f"{source_id} is believed no more", markup=False)


def _named(session: Session, source_id: str) -> Source:
    source = session.get(Source, source_id)
    if source is None:
        raise NotFound(f"there is no LMS {source_id!r}")
    return source
