"""``grader status``."""

from __future__ import annotations

import json
from typing import Any

import click

from ..consoles import out
from .session import assignment_option, connect, find_assignment
from .times import when

__all__ = ["command"]


@click.command(name="status")
@click.argument("submission", required=False)
@assignment_option
@click.option("--json", "as_json", is_flag=True)
def command(submission: str | None, assignment: str | None, as_json: bool) -> None:
    """Tell how a SUBMISSION stands, or your newest one for an assignment."""
    with connect() as client:
        if submission is None:
            found = find_assignment(client, assignment)
            newest = client.get(f"/courses/{found['course']}/assignments/{found['id']}/submissions", limit=1)
            if not newest:
                out.print("nothing is handed in yet")
                return
            view = newest[0]
        else:
            view = client.get(f"/submissions/{submission}")
    if as_json:
        click.echo(json.dumps(view))
    else:
        out.print(f"{view['id']}  handed in {when(view['received'])}", markup=False)
        out.print(words(view), markup=False)


def words(view: dict[str, Any]) -> str:
    """How a submission stands, in a line."""
    if view["state"] == "graded":
        return f"graded: {view['score']:g} of {view['max_score']:g}{', counts' if view['counts'] else ''}"
    if view["state"] == "queued" and view["position"]:
        return f"waiting, number {view['position']} in the queue"
    return str(view["message"] or {"queued": "waiting", "running": "being graded"}[view["state"]])
