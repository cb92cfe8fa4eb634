"""A grader at work for a command: engine, progress, and nothing left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.markup import escape

from sandboxes.engine import Engine
from sandboxes.links import Transport
from sandboxes.sweep import remove_own, sweep

from ..assignment import Assignment
from ..grading import Grader
from .consoles import err
from .text import plain

__all__ = ["engine_option", "jobs_option", "open_engine", "open_grader", "transport_option"]

jobs_option = click.option(
    "--jobs", "-j", type=click.IntRange(1, 64), default=2, show_default=True, help="Submissions graded at once."
)
transport_option = click.option(
    "--transport",
    type=click.Choice(["auto", "socket", "stream"]),
    default="auto",
    show_default=True,
    envvar="GRADER_TRANSPORT",
    help="How containers are reached: a passed socket, or their attached streams.",
)
engine_option = click.option(
    "--runtime",
    envvar="GRADER_RUNTIME",
    help="OCI runtime for the sandboxes (runc, runsc, kata); default the engine's.",
)


@contextmanager
def open_engine(runtime: str | None = None) -> Iterator[Engine]:
    """The engine, swept of what killed graders left; nothing of this process stays in it."""
    engine = Engine(runtime)
    sweep(engine)
    try:
        yield engine
    finally:
        remove_own(engine)


@contextmanager
def open_grader(assignment: Assignment, jobs: int, transport: Transport, runtime: str | None) -> Iterator[Grader]:
    """A grader for an assignment, with progress shown while it gets ready."""
    with open_engine(runtime) as engine:
        with err.status("getting the sandbox ready") as status:
            grader = Grader(assignment, engine, jobs, transport, _progress(status.update))
        with grader:
            yield grader


def _progress(update: Callable[[str], None]) -> Callable[[str], None]:
    def show(text: str) -> None:
        update(escape(plain(text)))
        if not err.is_terminal and text.startswith(("making", "building")):
            err.print(text, markup=False)

    return show
