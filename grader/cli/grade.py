"""``grader grade``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sandboxes.links import Transport

from ..assignment import Assignment, load_assignment
from ..errors import InputError, SubmissionRejected
from ..feedback import for_learner
from ..grading import Grader, rejection
from ..junit import to_junit
from ..page import report_page
from ..plain_text import plain_json
from ..report import Report
from ..submission import Submission, read_submission
from .consoles import err, out
from .main import FAILED, WRONG_INPUT
from .show import show_report, show_table
from .text import plain
from .working import engine_option, jobs_option, open_grader, transport_option

__all__ = ["command"]

_PATH = click.Path(path_type=Path)


@click.command(name="grade")
@click.argument("assignment", type=_PATH)
@click.argument("submissions", type=_PATH, nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one report a line, in the order given.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Also write a JUnit XML file.")
@click.option(
    "--html",
    type=click.Path(path_type=Path),
    help="Also write a page to read or print; of several submissions, a folder of them.",
)
@click.option(
    "--view",
    type=click.Choice(["instructor", "learner"]),
    default="instructor",
    show_default=True,
    help="Show everything, or what the assignment's feedback level lets learners see.",
)
@jobs_option
@transport_option
@engine_option
def command(
    assignment: Path,
    submissions: tuple[Path, ...],
    as_json: bool,
    junit: Path | None,
    html: Path | None,
    view: str,
    jobs: int,
    transport: Transport,
    runtime: str | None,
) -> int:
    """Grade SUBMISSIONS (folders, files, .zip, .tar.gz) against the ASSIGNMENT folder.

    One submission is shown in full, several as a table.
    """
    loaded = load_assignment(assignment)
    read = [_read(loaded, path) for path in submissions]
    reports: list[Report] = []
    jobs = min(jobs, len(submissions))
    for report in _grade_all(loaded, read, jobs, transport, runtime):
        report = for_learner(report, loaded.settings.feedback.hidden) if view == "learner" else report
        reports.append(report)
        if as_json:
            click.echo(plain_json(report.to_json()))
    if junit:
        _write(junit, to_junit(reports))
    if html:
        _write_pages(html, reports, loaded.settings.title)
    if not as_json:
        _show(reports, loaded)
    return _status(reports)


def _read(assignment: Assignment, path: Path) -> Submission | Report:
    try:
        return read_submission(path, assignment.settings.submission)
    except SubmissionRejected as rejected:
        return rejection(assignment, path.name, str(rejected))


def _grade_all(
    assignment: Assignment, read: list[Submission | Report], jobs: int, transport: Transport, runtime: str | None
) -> Iterator[Report]:
    """Reports in the order given, each as soon as it and those before it are there."""
    if all(isinstance(one, Report) for one in read):
        yield from (one for one in read if isinstance(one, Report))
        return
    with open_grader(assignment, jobs, transport, runtime) as grader, _progress(len(read)) as advance:
        pool = ThreadPoolExecutor(jobs, thread_name_prefix="grade")
        try:
            for report in pool.map(lambda one: _grade(grader, one), read):
                advance()
                yield report
        finally:
            # Closing the grader ends what still runs; nothing is to be waited for after an interrupt.
            pool.shutdown(wait=False, cancel_futures=True)


def _grade(grader: Grader, one: Submission | Report) -> Report:
    return one if isinstance(one, Report) else grader.grade(one)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("grading", total=total)
        yield lambda: progress.advance(task)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from None


def _write_pages(target: Path, reports: list[Report], title: str) -> None:
    graded = [report for report in reports if report.status == "graded"]
    if len(reports) == 1 and not target.is_dir():
        for report in graded:
            _write(target, report_page(report, title))
        return
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{target}: can't be made: {error.strerror}") from None
    for number, report in enumerate(graded, 1):
        # Two submissions may have the same name.
        name = re.sub(r"[^\w.-]+", "_", report.submission.name).strip(".") or "submission"
        _write(target / f"{number:03}-{name[:80]}.html", report_page(report, title))


def _show(reports: list[Report], assignment: Assignment) -> None:
    if len(reports) == 1:
        show_report(out, reports[0], assignment.settings.title)
    else:
        show_table(out, reports, assignment.settings.title)
    for report in reports:
        if report.status != "graded":
            err.print(plain(f"{report.submission.name}: {report.status}: {report.reason}"), markup=False)


def _status(reports: Iterable[Report]) -> int:
    statuses = {report.status for report in reports}
    return FAILED if "failed" in statuses else WRONG_INPUT if "rejected" in statuses else 0
