"""``grader rescore``."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import click
from pydantic import ValidationError

from ..assignment import load_assignment
from ..errors import InputError
from ..grading import name_of
from ..plain_text import plain_json
from ..report import Report
from ..scoring import rescore

__all__ = ["command"]


@click.command(name="rescore")
@click.argument("assignment", type=click.Path(path_type=Path))
@click.argument("reports", type=click.File(encoding="utf-8"), default="-")
def command(assignment: Path, reports: TextIO) -> None:
    """Score REPORTS anew after weights, gates, thresholds or competencies of ASSIGNMENT changed. No code is run.

    REPORTS are JSON Lines, as 'grader grade --json' prints them; standard input if there is no file.
    """
    loaded = load_assignment(assignment)
    name = name_of(loaded)
    for number, line in enumerate(reports, 1):
        if not line.strip():
            continue
        try:
            report = Report.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the line"
            raise InputError(f"{reports.name}:{number}: this is no report: {where}: {first['msg']}") from None
        if report.assignment.suite != name.suite:
            raise InputError(
                f"{reports.name}:{number}: {report.submission.name!r} was graded with other tests, limits or "
                f"measurements of {report.assignment.id!r}: grade it again"
            )
        scored = rescore(report, loaded.settings)
        click.echo(plain_json(scored.model_copy(update={"assignment": name}).to_json()))
