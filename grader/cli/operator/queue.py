"""``grader queue``."""

from __future__ import annotations

import json
from pathlib import Path

import click
from sqlalchemy import select

from ...errors import InputError
from ...report import now
from ...service import queue, waiting
from ...service.errors import NotFound
from ...store.tables import Assignment, Grading, User
from ..consoles import out
from ..serving import data_option, writing

__all__ = ["command"]


@click.group(name="queue")
def command() -> None:
    """Gradings that wait, and those that failed by a failure of the grader's own."""


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One grading a line, with all that is known of its failure.")
@data_option
def show(as_json: bool, data: Path | None) -> None:
    """Show how many wait and why, and each grading that waits for an operator."""
    with writing(data) as (session, _settings):
        present = now()
        counts = waiting.depth(session)
        held_back = waiting.held_back(session, present)
        parked = session.execute(
            select(Grading, Assignment, User)
            .join(Assignment, Assignment.id == Grading.assignment_id)
            .join(User, User.id == Grading.user_id)
            .where(Grading.state == "failed")
            .order_by(Grading.finished)
        ).all()
    if not as_json:
        for (name, state), count in sorted(counts.items()):
            out.print(f"{name}: {count} {state}", markup=False)
        for one in held_back:
            seconds = max(0.0, (one.not_before - present).total_seconds())
            counts_of_one = f"{one.failures} failures, {one.losses} lost workers"
            cause = (one.error or "").strip().rpartition("\n")[2]
            out.print(f"{one.id} is tried again in {seconds:.0f} s ({counts_of_one}): {cause}", markup=False)
        if not counts:
            out.print("nothing waits")
    for grading, assignment, user in parked:
        _tell(grading, assignment, user, as_json)


@command.command(name="show")
@click.argument("grading_id", metavar="REFERENCE")
@click.option("--json", "as_json", is_flag=True)
@data_option
def show_one(grading_id: str, as_json: bool, data: Path | None) -> None:
    """Show what is known of the failure of one grading: the REFERENCE that its instructors were given."""
    with writing(data) as (session, _settings):
        grading = session.get(Grading, grading_id)
        if grading is None:
            raise NotFound(f"there is no grading {grading_id!r}")
        assignment, user = session.get_one(Assignment, grading.assignment_id), session.get_one(User, grading.user_id)
    _tell(grading, assignment, user, as_json)


def _tell(grading: Grading, assignment: Assignment, user: User, as_json: bool) -> None:
    row = {
        "id": grading.id,
        "submission": grading.submission_id,
        "assignment": f"{assignment.course_id}/{assignment.slug}",
        "learner": user.login,
        "state": grading.state,
        "failures": grading.failures,
        "losses": grading.losses,
        "worker": grading.worker,
        "defect": grading.defect,
        "error": grading.error,
    }
    if as_json:
        click.echo(json.dumps(row))
        return
    out.print(f"\n{row['id']}  {row['assignment']}  {row['learner']}  (worker {row['worker']})", markup=False)
    out.print(f"    {(grading.error or 'no failure is known').strip()}", markup=False, style="dim")


@command.command(name="retry")
@click.argument("gradings", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that wait for an operator.")
@data_option
def retry(gradings: tuple[str, ...], everything: bool, data: Path | None) -> None:
    """Try GRADINGS again."""
    if everything == bool(gradings):
        raise click.UsageError("name gradings, or say --all")
    with writing(data) as (session, _settings):
        count = queue.retry_parked(session, None if everything else gradings, now())
        if count < len(set(gradings)):
            raise InputError(f"only {count} of these wait for an operator ('grader queue list'): nothing is tried again")
    out.print(f"{count} wait again")
