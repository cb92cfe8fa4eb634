"""``grader logout``."""

from __future__ import annotations

import click

from ..consoles import out
from .session import connect, forget_login

__all__ = ["command"]


@click.command(name="logout")
def command() -> None:
    """End this login: the token lets nobody in any more."""
    with connect() as client:
        client.delete("/me/token")
    forget_login()
    out.print("logged out")
