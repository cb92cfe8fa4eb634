"""``grader results``."""

from __future__ import annotations

import json

import click
from rich.table import Table

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
def command(name: str | None, as_json: bool) -> None:
    """Show all your attempts at an ASSIGNMENT, or one SUBMISSION with its feedback."""
    with connect() as client:
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
