"""``grader schema``."""

from __future__ import annotations

import json

import click
from pydantic import BaseModel

from ..assignment.model import AssignmentFile
from ..report import Report

__all__ = ["command"]

_MODELS: dict[str, type[BaseModel]] = {"assignment": AssignmentFile, "report": Report}


@click.command(name="schema")
@click.argument("what", type=click.Choice(sorted(_MODELS)))
def command(what: str) -> None:
    """Print the JSON Schema of assignment.toml or of a report."""
    schema = _MODELS[what].model_json_schema(by_alias=True, mode="serialization" if what == "report" else "validation")
    click.echo(json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=2))
