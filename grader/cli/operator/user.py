"""``grader user``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from ...report import now
from ...service import directory, people
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


@command.command(name="list")
@click.option("--course", help="Only those who are in this course.")
@click.option("--json", "as_json", is_flag=True, help="One user a line.")
@data_option
def show(course: str | None, as_json: bool, data: Path | None) -> None:
    """Show all users, or those of a course, with the courses that each is in."""
    with writing(data) as (session, _settings):
        for one in directory.all_users(session, course):
            if as_json:
                click.echo(json.dumps(asdict(one)))
                continue
            signs = [sign for sign, holds in (("administrator", one.admin), ("closed", not one.active)) if holds]
            roles = [f"{name} ({role})" if role != "learner" else name for name, role in one.courses.items()]
            out.print("  ".join([one.login, one.name, ", ".join(roles), *signs]).rstrip(), markup=False, highlight=False)


@command.command(name="close")
@click.argument("login")
@data_option
def close(login: str, data: Path | None) -> None:
    """Let a user in no more; what they did stays."""
    with writing(data) as (session, _settings):
        people.close_account(session, login)
    out.print(f"closed {login}'s account", markup=False)
