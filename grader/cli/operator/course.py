"""``grader course``."""

from __future__ import annotations

from pathlib import Path

import click

from ...report import now
from ...service import people
from ...store.tables import Role
from ..consoles import out
from ..serving import data_option, writing

__all__ = ["command"]


@click.group(name="course")
def command() -> None:
    """Courses and who is in them."""


@command.command(name="add")
@click.argument("course")
@click.option("--title", default="")
@data_option
def add(course: str, title: str, data: Path | None) -> None:
    """Add a COURSE."""
    with writing(data) as (session, _settings):
        people.add_course(session, course, title, now())
    out.print(f"added {course}", markup=False)


@command.command(name="enrol")
@click.argument("course")
@click.argument("logins", nargs=-1, required=True)
@click.option("--role", type=click.Choice(["learner", "instructor"]), default="learner", show_default=True)
@data_option
def enrol(course: str, logins: tuple[str, ...], role: Role, data: Path | None) -> None:
    """Enrol users in a COURSE."""
    with writing(data) as (session, _settings):
        for login in logins:
            people.enrol(session, course, people.find_user(session, login), role, now())
    out.print(f"enrolled {', '.join(logins)} in {course} as {role}", markup=False)
