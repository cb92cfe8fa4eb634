"""``grader check``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from sandboxes.links import Transport

from ..assignment import load_assignment
from ..check import Finding, check_assignment
from .consoles import out
from .main import PROBLEMS
from .working import engine_option, jobs_option, open_grader, transport_option

__all__ = ["command"]


@click.command(name="check")
@click.argument("assignment", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one finding a line.")
@jobs_option
@transport_option
@engine_option
def command(assignment: Path, as_json: bool, jobs: int, transport: Transport, runtime: str | None) -> int:
    """Check that an ASSIGNMENT measures what it should.

    The reference gets full marks, the starter does not, every other solution gets what it declares, and no hidden test
    is a copy of a public one.
    """
    loaded = load_assignment(assignment)
    good = True
    with open_grader(loaded, jobs, transport, runtime) as grader:
        for finding in check_assignment(loaded, grader, jobs):
            good = good and finding.good
            if as_json:
                click.echo(json.dumps(asdict(finding)))
            else:
                _show(finding)
    if not as_json:
        out.print(
            f"\n[green]{loaded.settings.id} is in order[/]" if good else f"\n[red]{loaded.settings.id} has problems[/]"
        )
    return 0 if good else PROBLEMS


def _show(finding: Finding) -> None:
    out.print("[green]✓[/]" if finding.good else "[red]✗[/]", end=" ")
    out.print(finding.title, end="", markup=False)
    out.print(f": {finding.detail}" if finding.detail else "", markup=False, style="dim" if finding.good else "")
