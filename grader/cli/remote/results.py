"""``grader results``."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Column, Table

from ...client import Client
from ...errors import InputError
from ...page import PastAttempt, report_page
from ...report import Report
from ..consoles import out
from ..show import show_report
from .session import connect, find_assignment
from .status import words
from .submit import show_standing
from .times import local

__all__ = ["command"]


@click.command(name="results")
@click.argument("name", metavar="[ASSIGNMENT|SUBMISSION]", required=False)
@click.option("--json", "as_json", is_flag=True)
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a SUBMISSION's page to a file.")
@click.option("--competencies", "course", metavar="COURSE", help="Show what your attempts show across a course instead.")
def command(name: str | None, as_json: bool, html: Path | None, course: str | None) -> None:
    """Show all your attempts at an ASSIGNMENT, or one SUBMISSION with its feedback."""
    with connect() as client:
        if course is not None:
            _show_competencies(client.get(f"/courses/{course}/competencies"), as_json)
            return
        if html is not None:
            _write_page(client, name, html)
            return
        if name and name.startswith("sub_"):
            detail = client.get(f"/submissions/{name}")
            if as_json:
                click.echo(json.dumps(detail))
            elif detail["report"]:
                show_report(out, Report.model_validate(detail["report"], strict=False), detail["assignment"])
                show_standing(detail)
            else:
                out.print(words(detail), markup=False)
            return
        found = find_assignment(client, name)
        attempts = client.get(f"/courses/{found['course']}/assignments/{found['id']}/submissions")
    if as_json:
        for one in attempts:
            click.echo(json.dumps(one))
        return
    table = Table("submission", "handed in", "", box=None)
    for one in attempts:
        late = f", {one['days_late']} d late" if one["days_late"] else ""
        table.add_row(one["id"], f"{local(one['received'])}{late}", words(one))
    out.print(found["title"], style="bold", markup=False)
    out.print(table if attempts else "nothing is handed in yet")
    if found["mark"]:
        out.print(f"what counts: {found['mark']['score']:g} of {found['mark']['max_score']:g} ({found['counts']} attempt)")


def _show_competencies(found: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        for one in found:
            click.echo(json.dumps(one))
        return
    table = Table("competency", "level", Column("share", justify="right"), "shown in", box=None)
    for one in found:
        table.add_row(
            escape(one["name"] or one["id"]),
            one["level"],
            f"{one['score']:.0%}",
            escape(", ".join(f"{slug} {share:.0%}" for slug, share in one["assignments"].items())),
        )
    out.print(table if found else "nothing that counts shows a competency yet")


def _write_page(client: Client, name: str | None, path: Path) -> None:
    if not name or not name.startswith("sub_"):
        raise InputError("--html writes the page of one submission: name it (sub_…)")
    detail = client.get(f"/submissions/{name}")
    if not detail["report"]:
        raise InputError(f"{name} has no report yet: {words(detail)}")
    place = f"/courses/{detail['course']}/assignments/{detail['assignment']}"
    title = client.get(place)["title"]
    attempts = client.get(f"{place}/submissions", learner=detail["learner"])
    past = [
        PastAttempt(datetime.fromisoformat(one["received"]), one["score"], one["max_score"])
        for one in reversed(attempts)
        if one["score"] is not None and one["received"] <= detail["received"]
    ]
    page = report_page(Report.model_validate(detail["report"], strict=False), title, past)
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from None
    out.print(f"wrote {path}", markup=False)
