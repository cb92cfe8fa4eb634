"""``grader completion``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from .main import cli

__all__ = ["command"]


@click.command(name="completion")
@click.argument("shell", type=click.Choice(["bash", "fish", "zsh"]))
def command(shell: str) -> None:
    """Print the completion script for a SHELL; for bash: eval "$(grader completion bash)"."""
    completion = get_completion_class(shell)
    assert completion is not None
    click.echo(completion(cli, {}, "grader", "_GRADER_COMPLETE").source())
