"""``grader user``."""

from __future__ import annotations

from pathlib import Path

import click

from ...report import now
from ...service import people
from ..consoles import out
from ..serving import data_option, writing

__all__ = ["command"]


@click.group(name="user")
def command() -> None:
    """Users of the service."""


@command.command(name="add")
@click.argument("login")
@click.option("--name", default="", help="Name for people.")
@click.option("--email")
@click.option("--external-id", help="The id that the LMS knows them by.")
@click.option("--admin", is_flag=True, help="May do everything.")
@data_option
def add(login: str, name: str, email: str | None, external_id: str | None, admin: bool, data: Path | None) -> None:
    """Add a user."""
    with writing(data) as (session, _settings):
        people.add_user(session, login, name, now(), email, external_id, admin)
    out.print(f"added {login}", markup=False)


@command.command(name="close")
@click.argument("login")
@data_option
def close(login: str, data: Path | None) -> None:
    """Let a user in no more; what they did stays."""
    with writing(data) as (session, _settings):
        people.find_user(session, login).active = False
    out.print(f"closed {login}'s account", markup=False)
