"""``grader doctor``."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from ..operations.doctor import Diagnosis, diagnose
from .consoles import err, out
from .main import FAILED
from .working import engine_option

__all__ = ["command"]

_MARKS = {"good": "[green]✓[/]", "doubtful": "[yellow]?[/]", "bad": "[red]✗[/]"}


@click.command(name="doctor")
@click.option("--fix", is_flag=True, help="Build missing images and remove what killed graders left.")
@click.option("--json", "as_json", is_flag=True, help="Print one point a line.")
@engine_option
def command(fix: bool, as_json: bool, runtime: str | None) -> int:
    """Say, point by point, what in this machine is right for grading and what is not."""
    bad = False
    with err.status("looking around") as status:
        for diagnosis in diagnose(fix, runtime, status.update):
            bad = bad or diagnosis.level == "bad"
            if as_json:
                click.echo(json.dumps(asdict(diagnosis)))
            else:
                _show(diagnosis)
    return FAILED if bad else 0


def _show(diagnosis: Diagnosis) -> None:
    out.print(_MARKS[diagnosis.level], end=" ")
    out.print(f"{diagnosis.point}: {diagnosis.found}", markup=False)
    if diagnosis.advice:
        out.print(f"    {diagnosis.advice}", markup=False, style="dim")
