"""``grader course``."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from ...errors import InputError
from ...plain_text import plain_cell
from ...report import now
from ...service import directory, people
from ...service.roster import enrol_all, read_roster
from ...store.tables import Role
from ..consoles import out
from ..serving import data_option, writing

__all__ = ["command"]

_MOST_LISTED = 16 * 2**20
"""Bytes of a class list."""


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


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One course a line.")
@data_option
def show(as_json: bool, data: Path | None) -> None:
    """Show all courses, with how many learners, instructors and assignments each has."""
    with writing(data) as (session, _settings):
        for one in directory.all_courses(session):
            if as_json:
                click.echo(json.dumps(asdict(one)))
                continue
            counts = f"{one.learners} learners, {one.instructors} instructors, {one.assignments} assignments"
            out.print(f"{one.id}  {one.title}  ({counts})", markup=False, highlight=False)


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


@command.command(name="withdraw")
@click.argument("course")
@click.argument("logins", nargs=-1, required=True)
@data_option
def withdraw(course: str, logins: tuple[str, ...], data: Path | None) -> None:
    """Take users out of a COURSE; what they handed in stays."""
    with writing(data) as (session, _settings):
        for login in logins:
            people.withdraw(session, course, people.find_user(session, login))
    out.print(f"took {', '.join(logins)} out of {course}", markup=False)


@command.command(name="roster")
@click.argument("course")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--tokens",
    "tokens_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write a token for each new user, as CSV; only you can read the file.",
)
@click.option("--days", type=click.IntRange(1, 3650), default=180, show_default=True, help="How long tokens are good for.")
@data_option
def roster(course: str, file: Path, tokens_file: Path | None, days: int, data: Path | None) -> None:
    """Enrol the people of a class list in a COURSE, with accounts for those who have none.

    FILE is CSV; its first line names the columns: login, and any of name, email, external_id and role. Reading the same
    list again changes nothing; nobody is taken out.
    """
    try:
        listed = read_roster(_text_of(file))
    except UnicodeDecodeError:
        raise InputError(f"{file}: it is not UTF-8: save it as 'CSV UTF-8'") from None
    except InputError as error:
        raise InputError(f"{file}: {error}") from None
    with writing(data) as (session, _settings):
        new = enrol_all(session, course, listed, now())
        if tokens_file is not None:
            good_for = timedelta(days=days)
            teaching = {person.login for person in listed if person.role == "instructor"}
            tokens = []
            for user in new:
                scopes = ("read", "submit", *(["teach"] if user.login in teaching else []))
                tokens.append((user.login, people.issue_token(session, user, "roster", scopes, now(), good_for)[1]))
            _write_tokens(tokens_file, tokens)
    out.print(f"{len(listed)} people are in {course}, {len(new)} of them with new accounts", markup=False)


def _text_of(file: Path) -> str:
    if not file.is_file():
        raise InputError("it is no regular file")
    with file.open("rb") as opened:
        data = opened.read(_MOST_LISTED + 1)
    if len(data) > _MOST_LISTED:
        raise InputError(f"it has more than {_MOST_LISTED:,} bytes")
    return data.decode()


def _write_tokens(path: Path, tokens: list[tuple[str, str]]) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputError(f"{path} is there already: name a new file") from None
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from None
    with open(descriptor, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")  # for shells, which would read \r into the token
        writer.writerow(("login", "token"))
        writer.writerows((plain_cell(login), token) for login, token in tokens)
