"""Who is logged in where, and which assignment a folder is for."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import platformdirs

from ...client import Client, Refused
from ...errors import InputError

__all__ = ["assignment_option", "connect", "find_assignment", "forget_login", "keep_login", "mark_folder"]

_MARKER = Path(".grader") / "assignment.json"


def _login_file() -> Path:
    return Path(platformdirs.user_config_dir("grader")) / "login.json"


def keep_login(url: str, token: str) -> Path:
    """Remember a login, for this user alone."""
    path = _login_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"url": url, "token": token}, file)
    return path


def forget_login() -> None:
    """Forget it."""
    _login_file().unlink(missing_ok=True)


@contextmanager
def connect() -> Iterator[Client]:
    """The service that this user is logged in to.

    Raises:
        InputError: There is no login, or the service does not believe it.
    """
    url, token = os.environ.get("GRADER_URL"), os.environ.get("GRADER_TOKEN")
    if not (url and token):
        try:
            kept = json.loads(_login_file().read_text())
            url, token = url or kept["url"], token or kept["token"]
        except (OSError, ValueError, KeyError, TypeError):
            raise InputError("you are not logged in: run 'grader login ADDRESS'") from None
    assert url
    assert token
    with Client(url, token) as client:
        try:
            yield client
        except Refused as refused:
            if refused.status == 401:
                raise InputError(f"{refused}: run 'grader login {url}' again") from None
            raise


def assignment_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--assignment``."""
    return click.option(
        "--assignment", "-a", help="Which, as COURSE/ID or ID; default the one this folder was started for."
    )(command)


def find_assignment(client: Client, name: str | None, folder: Path = Path()) -> dict[str, Any]:
    """The assignment of a name, or the one a folder was started for.

    Raises:
        InputError: There is none, or more than one.
    """
    name = name or _marked(folder)
    if name is None:
        raise InputError("which assignment? Name it with --assignment, or work in a folder that 'grader start' made")
    everything = client.get("/assignments")
    found = [one for one in everything if name in (f"{one['course']}/{one['id']}", one["id"])]
    if len(found) == 1:
        return dict(found[0])
    names = ", ".join(f"{one['course']}/{one['id']}" for one in found or everything) or "none"
    if found:
        raise InputError(f"{name!r} is in several courses: say which of {names}")
    raise InputError(f"there is no assignment {name!r} for you; there are: {names}")


def mark_folder(folder: Path, assignment: dict[str, Any]) -> None:
    """Note which assignment a folder is for."""
    path = folder / _MARKER
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"course": assignment["course"], "id": assignment["id"]}) + "\n")


def _marked(folder: Path) -> str | None:
    for place in (folder.absolute(), *folder.absolute().parents):
        try:
            marked = json.loads((place / _MARKER).read_text())
            return f"{marked['course']}/{marked['id']}"
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError):
            raise InputError(f"{place / _MARKER} is damaged: remove it, or name the assignment with --assignment") from None
    return None
