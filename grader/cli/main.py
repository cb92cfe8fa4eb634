"""The program ``grader`` and its exit statuses."""

from __future__ import annotations

import errno
import importlib
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn, TextIO

import click

from sandboxes.errors import SandboxFailure

from .. import __version__
from ..errors import InputError, Unavailable
from ..plain_text import plain

__all__ = ["FAILED", "PROBLEMS", "WRONG_INPUT", "cli", "main", "operator_errors"]

PROBLEMS, WRONG_INPUT, FAILED = 1, 2, 3
NOBODY_READS = 128 + signal.SIGPIPE
"""As of any program whose reader goes away."""
_OUTPUT_ERRORS = {errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}
_COMMANDS = {
    "assignments": "remote.assignments",
    "backup": "operator.backup",
    "beat": "operator.beat",
    "check": "check",
    "completion": "completion",
    "course": "operator.course",
    "db": "operator.db",
    "doctor": "doctor",
    "extend": "remote.extend",
    "grade": "grade",
    "gradebook": "remote.gradebook",
    "images": "images",
    "import": "importing",
    "lms": "operator.lms",
    "login": "remote.login",
    "logout": "remote.logout",
    "mutants": "mutants",
    "new": "new",
    "prune": "operator.prune",
    "publish": "remote.publish",
    "queue": "operator.queue",
    "regrade": "remote.regrade",
    "rescore": "rescore",
    "restore": "operator.restore",
    "results": "remote.results",
    "schema": "schema",
    "serve": "operator.serve",
    "settings": "operator.settings",
    "start": "remote.start",
    "status": "remote.status",
    "submit": "remote.submit",
    "test": "remote.test",
    "token": "operator.token",
    "up": "operator.up",
    "user": "operator.user",
    "webhook": "operator.webhook",
    "worker": "operator.worker",
}
_SERVER_ONLY = {"alembic", "celery", "fastapi", "kombu", "limits", "pydantic_settings", "redis", "sqlalchemy", "uvicorn"}


class _Commands(click.Group):
    """Loads a command's module when it is asked for, so that the others cost nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        try:
            return importlib.import_module(f"grader.cli.{_COMMANDS[name]}").command
        except ModuleNotFoundError as error:
            if error.name not in _SERVER_ONLY:
                raise
            raise click.ClickException(f"'{name}' needs the service's packages: pip install 'grader[server]'") from None


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 the work was done, 1 it found problems, 2 the input is wrong, 3 the grader could not work.",
)
@click.version_option(__version__, prog_name="grader")
def cli() -> None:
    """Grade code assignments in isolated sandboxes, against hidden tests."""


@contextmanager
def operator_errors() -> Iterator[None]:
    """Errors of the store and the service become messages with an exit status."""
    from sqlalchemy.exc import OperationalError
    from sqlalchemy.exc import TimeoutError as TooBusy

    from ..service.errors import ServiceError
    from ..store.database import DatabaseUnavailable, SchemaOutdated

    try:
        yield
    except ServiceError as error:
        raise InputError(str(error)) from None
    except (DatabaseUnavailable, SchemaOutdated) as error:
        raise Unavailable(str(error)) from None
    except OperationalError as error:  # it answered at first
        raise Unavailable(f"the database does not answer: {error.orig}") from None
    except TooBusy as error:
        raise Unavailable(f"the database has too much to do: {error}") from None


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the program and exit."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # it is closed: what would go there goes nowhere
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 (until the end)
    signal.signal(signal.SIGTERM, _terminate)
    signal.signal(signal.SIGHUP, _terminate)
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except OSError as error:
        status = _untold(error)
    sys.exit(status)


def _untold(error: OSError) -> int:
    """Exit status after the output could not be written; an error of something else is raised again."""
    if error.filename is not None or error.errno not in _OUTPUT_ERRORS:
        raise error
    for stream in (sys.stdout, sys.stderr):
        if not _flushed(stream):  # the interpreter would try once more at its end, and complain
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    if error.errno == errno.EPIPE:
        return NOBODY_READS
    with suppress(OSError):
        click.echo(plain(f"error: the output can't be written: {error.strerror}"), err=True)
    return FAILED


def _flushed(stream: TextIO) -> bool:
    try:
        stream.flush()
    except OSError:
        return False
    return True


def _run(arguments: list[str] | None) -> int:
    try:
        result: Any = cli.main(arguments, prog_name="grader", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except click.ClickException as error:
        told = io.StringIO()
        error.show(told)
        click.echo(plain(told.getvalue()), err=True, nl=False)
        return WRONG_INPUT
    except InputError as error:
        click.echo(plain(f"error: {error}"), err=True)
        return WRONG_INPUT
    except (SandboxFailure, Unavailable) as error:
        click.echo(plain(f"error: {error}"), err=True)
        return FAILED
    except SystemExit:  # how click and rich answer to a pipe that nobody reads
        return NOBODY_READS
    return result if isinstance(result, int) else 0
