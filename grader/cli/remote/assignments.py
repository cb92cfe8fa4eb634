"""``grader assignments``."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.table import Table

from ..consoles import out
from .session import connect
from .times import when

__all__ = ["command"]


@click.command(name="assignments")
@click.option("--json", "as_json", is_flag=True, help="Print one assignment a line.")
def command(as_json: bool) -> None:
    """List your assignments: what is due when, how many attempts are left, what you have."""
    with connect() as client:
        found = client.get("/assignments")
    if as_json:
        for one in found:
            click.echo(json.dumps(one))
        return
    if not found:
        out.print("there are no assignments for you yet")
        return
    table = Table("assignment", "title", "due", "attempts left", "score", box=None)
    for one in found:
        table.add_row(f"{one['course']}/{one['id']}", one["title"], _due(one), _attempts(one), _score(one))
    out.print(table)


def _due(one: dict[str, Any]) -> str:
    if one["refusal"] == "not-open":
        return f"opens {when(one['opens'])}"
    if one["refusal"] == "closed":
        return f"closed {when(one['closes'])}"
    return when(one["due"]) or "any time"


def _attempts(one: dict[str, Any]) -> str:
    return "any number" if one["attempts_left"] is None else f"{one['attempts_left']} of {one['attempts']}"


def _score(one: dict[str, Any]) -> str:
    mark = one["mark"]
    if mark is None:
        return ""
    late = f" ({mark['days_late']} d late)" if mark["days_late"] else ""
    return f"{mark['score']:g} / {mark['max_score']:g}{late}"
