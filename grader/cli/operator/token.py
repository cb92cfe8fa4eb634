"""``grader token``."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import select

from ...report import now
from ...service import people
from ...service.people import SCOPES
from ...store.tables import Token
from ..consoles import err, out
from ..serving import data_option, writing

__all__ = ["command"]


@click.group(name="token")
def command() -> None:
    """Tokens that let users in."""


@command.command(name="create")
@click.argument("login")
@click.option("--name", default="", help="What it is for.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="What it allows; default read and submit.")
@click.option("--days", type=click.IntRange(1, 3650), default=180, show_default=True, help="How long it is good for.")
@data_option
def create(login: str, name: str, scopes: tuple[str, ...], days: int, data: Path | None) -> None:
    """Make a token for a user and print it, this once."""
    with writing(data) as (session, _settings):
        user = people.find_user(session, login)
        token, secret = people.issue_token(session, user, name, scopes or ("read", "submit"), now(), timedelta(days=days))
        allowed = ", ".join(token.scopes)
    click.echo(secret)
    err.print(f"keep it: it is not shown again; it allows to {allowed}", style="dim")


@command.command(name="list")
@click.argument("login")
@click.option("--json", "as_json", is_flag=True)
@data_option
def show(login: str, as_json: bool, data: Path | None) -> None:
    """List a user's tokens."""
    with writing(data) as (session, _settings):
        user = people.find_user(session, login)
        tokens = session.scalars(select(Token).where(Token.user_id == user.id).order_by(Token.created)).all()
        rows = [
            {
                "id": token.id,
                "name": token.name,
                "scopes": token.scopes,
                "expires": token.expires.isoformat() if token.expires else None,
                "revoked": token.revoked.isoformat() if token.revoked else None,
                "last_used": token.last_used.isoformat() if token.last_used else None,
            }
            for token in tokens
        ]
    for token, row in zip(tokens, rows, strict=True):
        if as_json:
            click.echo(json.dumps(row))
        else:
            state = f"revoked {row['revoked']}" if token.revoked else f"good until {row['expires'] or 'revoked'}"
            out.print(f"{token.id}  {state}  {' '.join(token.scopes)}  {token.name}", markup=False)


@command.command(name="revoke")
@click.argument("token_id")
@data_option
def revoke(token_id: str, data: Path | None) -> None:
    """End a token at once."""
    with writing(data) as (session, _settings):
        people.revoke_token(session, token_id, now())
    out.print(f"revoked {token_id}", markup=False)
