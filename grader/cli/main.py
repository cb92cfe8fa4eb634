"""The program ``grader`` and its exit statuses."""

from __future__ import annotations

import importlib
import signal
import sys
from types import FrameType
from typing import Any, NoReturn

import click

from sandboxes.errors import SandboxFailure

from .. import __version__
from ..errors import InputError

__all__ = ["FAILED", "PROBLEMS", "WRONG_INPUT", "cli", "main"]

PROBLEMS, WRONG_INPUT, FAILED = 1, 2, 3
_COMMANDS = {
    "check": "check",
    "completion": "completion",
    "doctor": "doctor",
    "grade": "grade",
    "images": "images",
    "import": "importing",
    "new": "new",
    "schema": "schema",
}


class _Commands(click.Group):
    """Loads a command's module when it is asked for, so that the others cost nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        return importlib.import_module(f"grader.cli.{_COMMANDS[name]}").command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 the work was done, 1 it found problems, 2 the input is wrong, 3 the grader could not work.",
)
@click.version_option(__version__, prog_name="grader")
def cli() -> None:
    """Grade code assignments in isolated sandboxes, against hidden tests."""


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the program and exit."""
    signal.signal(signal.SIGTERM, _terminate)
    signal.signal(signal.SIGHUP, _terminate)
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    try:
        result: Any = cli.main(arguments, prog_name="grader", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return WRONG_INPUT
    except InputError as error:
        click.echo(f"error: {error}", err=True)
        return WRONG_INPUT
    except SandboxFailure as error:
        click.echo(f"error: {error}", err=True)
        return FAILED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return result if isinstance(result, int) else 0
