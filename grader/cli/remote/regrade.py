"""``grader regrade``."""

from __future__ import annotations

import click

from ..consoles import out
from .session import connect, find_assignment

__all__ = ["command"]


@click.command(name="regrade")
@click.argument("assignment")
@click.option("--learner", help="Whose submissions; without it, everybody's.")
def command(assignment: str, learner: str | None) -> None:
    """Grade the submissions for an ASSIGNMENT again, with the version that is published now."""
    with connect() as client:
        found = find_assignment(client, assignment)
        whose = {"learner": learner} if learner else {}
        done = client.post(f"/courses/{found['course']}/assignments/{found['id']}/regrade", params=whose)
    out.print(f"{done['queued']} submissions wait to be graded again")
