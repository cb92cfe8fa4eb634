"""Class lists: the people of a course from a CSV file."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import InputError
from ..store.tables import Role, User
from .people import add_user, enrol

__all__ = ["Person", "enrol_all", "read_roster"]

_COLUMNS = ("login", "name", "email", "external_id", "role")


@dataclass(frozen=True)
class Person:
    """One line of a class list.

    Attributes:
        login: Who.
        name: Name for people; empty if the list doesn't say.
        email: Address, if the list says.
        external_id: The id that the LMS knows them by, if the list says.
        role: What they are in the course.
    """

    login: str
    name: str = ""
    email: str | None = None
    external_id: str | None = None
    role: Role = "learner"


def read_roster(text: str) -> list[Person]:
    """The people of a CSV file (RFC 4180) with a header; only the column ``login`` is needed.

    Raises:
        InputError: It isn't one; names the line.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    people: dict[str, Person] = {}
    try:
        columns = reader.fieldnames or []
        unknown = [column for column in columns if column not in _COLUMNS]
        if unknown or "login" not in columns:
            raise InputError(f"the first line names the columns: login, and any of {', '.join(_COLUMNS[1:])}, nothing else")
        if len(set(columns)) < len(columns):
            raise InputError("the first line names a column twice")
        for row in reader:
            person = _person(row, reader.line_num)
            if person.login in people:
                raise InputError(f"line {reader.line_num}: {person.login!r} is there twice")
            people[person.login] = person
    except csv.Error as error:
        raise InputError(f"line {reader.line_num}: {error}") from None
    return list(people.values())


def _person(row: dict[str | None, str | None], line: int) -> Person:
    if None in row or None in row.values():
        raise InputError(f"line {line}: it doesn't have as many columns as the first line")
    cells = {str(column): (value or "").strip() for column, value in row.items()}
    role = cells.get("role") or "learner"
    if role not in get_args(Role):
        raise InputError(f"line {line}: the role {role!r} is none of {', '.join(get_args(Role))}")
    if not cells["login"]:
        raise InputError(f"line {line}: there is no login")
    return Person(
        login=cells["login"],
        name=cells.get("name", ""),
        email=cells.get("email") or None,
        external_id=cells.get("external_id") or None,
        role=role,  # type: ignore[arg-type]
    )


def enrol_all(session: Session, course_id: str, people: list[Person], now: datetime) -> list[User]:
    """Enrol all, with accounts for those who have none; returns these new users.

    What a list says of somebody who has an account already is taken over, but nothing is taken away.

    Raises:
        Conflict: A login can't be one.
        NotFound: There is no such course.
    """
    new = []
    for person in people:
        user = session.scalar(select(User).where(User.login == person.login))
        if user is None:
            user = add_user(session, person.login, person.name, now, person.email, person.external_id)
            new.append(user)
        user.name = person.name or user.name
        user.email = person.email or user.email
        user.external_id = person.external_id or user.external_id
        enrol(session, course_id, user, person.role, now)
    return new
