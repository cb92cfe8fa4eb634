"""``grader submit``."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ...assignment.model import SubmissionRules
from ...client import Client, Refused
from ...errors import InputError
from ...report import Report
from ...submission import Submission, read_submission, submission_of
from ...submission.names import is_ignored
from ...submission.pack import pack
from ..consoles import err, out
from ..main import FAILED
from ..show import show_report
from .session import assignment_option, connect, find_assignment
from .times import when

__all__ = ["command"]

_SYMBOLS = {"passed": "[green]✓[/]", "skipped": "[dim]-[/]"}


@click.command(name="submit")
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1)
@assignment_option
@click.option("--no-wait", is_flag=True, help="Don't wait for the score.")
@click.option("--json", "as_json", is_flag=True, help="Print the submission, with its report once it is graded.")
def command(paths: tuple[Path, ...], assignment: str | None, no_wait: bool, as_json: bool) -> int:
    """Hand in your work: what the assignment asks for of this folder, or PATHS (a folder, an archive, files)."""
    with connect() as client:
        folder = paths[0] if len(paths) == 1 and paths[0].is_dir() else Path()
        found = find_assignment(client, assignment, folder)
        rules = SubmissionRules.model_validate(found["submission"], strict=False)
        content = _collect(paths, rules)
        # Chosen once: however often the network makes us send it, it is one submission.
        key = str(uuid.uuid4())
        try:
            submission = client.post(
                f"/courses/{found['course']}/assignments/{found['id']}/submissions",
                key,
                files={"files": (f"{content.name}.tar.gz", pack(content.files))},
            )
        except Refused as refused:
            raise _explained(refused) from None
        if not as_json:
            size = sum(map(len, content.files.values()))
            out.print(f"received {submission['id']}: {', '.join(content.files)} ({size:,} bytes)", markup=False)
        if not no_wait:
            _follow(client, submission["id"], quiet=as_json)
        return _conclude(client, submission["id"], found, no_wait, as_json)


def _collect(paths: tuple[Path, ...], rules: SubmissionRules) -> Submission:
    if len(paths) == 1 and paths[0].is_file():
        return read_submission(paths[0], rules)
    if len(paths) > 1:
        missing = [path for path in paths if not path.is_file()]
        if missing:
            raise InputError(f"{missing[0]}: no such file")
        return submission_of("files", {path.name: path.read_bytes() for path in paths}, rules)
    folder = paths[0] if paths else Path()
    if not folder.is_dir():
        raise InputError(f"{folder}: no such file or folder")
    files = {name: (folder / name).read_bytes() for name in _wanted(folder, rules)}
    return submission_of(folder.absolute().name, files, rules)


def _wanted(folder: Path, rules: SubmissionRules) -> Iterator[str]:
    """The files of a working folder that the assignment accepts; the public tests stay here."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file() or is_ignored(name):
            continue
        if name in rules.required or (not name.startswith("tests/") and rules.accepts(name)):
            yield name


def _explained(refused: Refused) -> InputError:
    until = refused.problem.get("until")
    if until:
        return InputError(f"not accepted: {refused}; you may again {when(until)}")
    return InputError(f"not accepted: {refused}")


def _follow(client: Client, submission_id: str, quiet: bool) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=quiet or not err.is_terminal) as progress:
        task = progress.add_task("waiting", total=None)
        plain = not quiet and not err.is_terminal
        for kind, data in client.events(submission_id):
            text = _words(kind, data)
            if text and plain:
                err.print(text, markup=False)
            if kind == "test":
                progress.update(task, description="grading", completed=data["finished"], total=data["total"])
                if data["test"] and not quiet:
                    symbol = _SYMBOLS.get(data["test"]["outcome"], "[red]✗[/]")
                    progress.console.print(symbol, end=" ")
                    progress.console.print(data["test"]["id"].partition("::")[2], markup=False)
            elif text:
                progress.update(task, description=text)


def _words(kind: str, data: dict[str, Any]) -> str:
    if kind == "queued":
        return f"waiting, number {data['position']} in the queue" if data.get("position") else "waiting"
    return {
        "running": "grading",
        "delayed": "we could not grade this yet, by a failure of ours: it is tried again",
    }.get(kind, "")


def _conclude(client: Client, submission_id: str, found: dict[str, Any], no_wait: bool, as_json: bool) -> int:
    detail = client.get(f"/submissions/{submission_id}")
    if as_json:
        click.echo(json.dumps(detail))
    elif detail["report"]:
        show_report(out, Report.model_validate(detail["report"], strict=False), found["title"])
        show_standing(detail)
    elif no_wait:
        out.print(f"'grader status {submission_id}' tells how it stands", markup=False)
    else:
        err.print(detail["message"] or detail["state"], markup=False)
    return FAILED if detail["state"] == "failed" else 0


def show_standing(detail: dict[str, Any]) -> None:
    """Say what a graded submission counts for."""
    if detail["days_late"]:
        out.print(f"{detail['days_late']} days late", style="yellow")
    out.print("this attempt counts" if detail["counts"] else "an earlier attempt counts more", style="dim")
