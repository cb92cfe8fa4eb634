"""``grader extend``."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import quote

import click

from ...errors import InputError
from ..consoles import out
from .session import connect, find_assignment

__all__ = ["command"]


@click.command(name="extend")
@click.argument("assignment")
@click.argument("login")
@click.option(
    "--due",
    help="When it is due for them, such as 2027-02-03 (its end) or 2027-02-03T23:59+01:00; without a zone, this machine's.",
)
@click.option("--closes", help="When it closes for them.")
@click.option("--attempts", type=click.IntRange(0, 1000), default=0, help="How many attempts more.")
@click.option("--reason", default="")
def command(assignment: str, login: str, due: str | None, closes: str | None, attempts: int, reason: str) -> None:
    """Grant a learner an extension of an ASSIGNMENT, instead of the one they may have."""
    if not (due or closes or attempts):
        raise click.UsageError("say what is granted: --due, --closes or --attempts")
    granted = {"due": _time(due), "closes": _time(closes), "attempts": attempts, "reason": reason}
    with connect() as client:
        found = find_assignment(client, assignment)
        client.put(f"/courses/{found['course']}/assignments/{found['id']}/extensions/{quote(login, safe='')}", granted)
    parts = [f"due {granted['due']}", f"closes {granted['closes']}", f"{attempts} attempts more"]
    held = ", ".join(part for part, holds in zip(parts, (due, closes, attempts), strict=True) if holds)
    out.print(f"granted {login} an extension, in place of any before: {held}", markup=False)


def _time(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
        if _is_date(text):  # who grants a day means all of it
            time = time.replace(hour=23, minute=59, second=59)
        return time.astimezone().isoformat()
    except (ValueError, OverflowError):
        raise InputError(f"{text!r} is no time such as 2027-02-03T23:59+01:00") from None


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
