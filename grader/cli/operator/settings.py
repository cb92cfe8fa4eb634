"""``grader settings``."""

from __future__ import annotations

from pathlib import Path

import click

from ...settings import Settings, load_settings
from ..consoles import out
from ..serving import data_option

__all__ = ["command"]


@click.command(name="settings")
@data_option
def command(data: Path | None) -> None:
    """Show the settings that hold here, and what they mean. Passwords are left out."""
    settings = load_settings(data=data)
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        shown = _without_password(value) if name.endswith("_url") else value
        out.print(f"[bold]{name}[/] = ", end="")
        out.print(str(shown), markup=False)
        out.print(f"    {field.description}", style="dim", markup=False)


def _without_password(url: str) -> str:
    before, at, after = url.rpartition("@")
    return f"{before.partition('://')[0]}://…@{after}" if at else url
