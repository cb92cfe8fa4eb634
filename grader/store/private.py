"""What the service keeps is for its own user alone, also in a folder that is open to others."""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from pathlib import Path

__all__ = ["UMASK", "close_to_others", "open_to_others", "private_file", "private_folder", "warn_of_open_folder"]

UMASK = 0o077
"""For every program that writes what the service keeps."""
_OTHERS = 0o077
_KEPT = ("grader.db*", "blobs", "logs", "up.lock", "broker.sock")
_log = logging.getLogger(__name__)


def private_folder(path: Path) -> Path:
    """Have a folder that no other user can look into, made or closed to them."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    close_to_others(path)
    return path


def private_file(path: Path) -> Path:
    """Have a file that no other user can read, made (empty) or closed to them."""
    path.touch(mode=0o600)
    close_to_others(path)
    return path


def close_to_others(path: Path) -> None:
    """Let no other user read or change what is there, and say so if they could; a warning if that can't be done.

    Raises:
        FileNotFoundError: Nothing is there.
    """
    mode = _mode(path)
    if not mode & _OTHERS:
        return
    try:
        path.chmod(mode & ~_OTHERS)
    except PermissionError:
        _log.warning(
            "%s is open to other users (mode %o) and belongs to somebody else: run 'chmod go= %s'", path, mode, path
        )
    else:
        _log.warning("%s was open to other users (mode %o) and is closed to them now", path, mode)


def open_to_others(data: Path) -> Iterator[Path]:
    """What other users may look into: the data folder, and of what the service keeps in it.

    The folder itself is its owner's to close: it may hold other things.
    """
    found = [data, *(path for pattern in _KEPT for path in sorted(data.glob(pattern)))]
    return (path for path in found if path.exists() and _mode(path) & _OTHERS)


def warn_of_open_folder(data: Path) -> None:
    """Say so if others may look into the data folder, or change it."""
    mode = _mode(data) if data.is_dir() else 0
    if mode & _OTHERS:
        harm = "replace what is in" if mode & 0o022 and not mode & stat.S_ISVTX else "see the names in"
        _log.warning("other users may %s %s (mode %o): run 'chmod 700 %s'", harm, data, mode, data)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
