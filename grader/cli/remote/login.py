"""``grader login``."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import click

from ...client import Client
from ...errors import InputError
from ..consoles import err, out
from .session import keep_login

__all__ = ["command"]


@click.command(name="login")
@click.argument("address", envvar="GRADER_URL")
@click.option("--token", envvar="GRADER_TOKEN", help="Asked for when it is not given.")
def command(address: str, token: str | None) -> None:
    """Log in to the service at ADDRESS with the token that its operator gave you."""
    parts = urlsplit(address if "://" in address else f"https://{address}")
    if "://" not in address and _is_this_machine(parts.hostname or ""):
        parts = parts._replace(scheme="http")  # nobody gives certificates for it
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"{address!r} is no address such as https://grader.example.org")
    if parts.scheme == "http" and not _is_this_machine(parts.hostname):
        err.print("[yellow]the connection is not encrypted:[/] others may read your token and your work")
    url = parts.geturl()
    secret = (token or click.prompt("token", hide_input=True, err=True)).strip()
    if not secret.isascii() or not secret.isprintable():
        raise InputError("that is no token: copy it again")
    with Client(url, secret) as client:
        me = client.get("/me")
    path = keep_login(url, secret)
    # To an administrator every course is open, in no role.
    courses = [one["title"] if me["admin"] else f"{one['title']} ({one['role']})" for one in me["courses"]]
    known_as = f"{me['name']} (administrator)" if me["admin"] else me["name"]
    out.print(f"hello {known_as}: {', '.join(courses) or 'no course yet'}", markup=False)
    err.print(f"kept in {path}", style="dim", markup=False)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
