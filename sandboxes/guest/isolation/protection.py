"""What keeps judging processes apart on a machine, as the examiner tells the worker."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Protection"]


@dataclass(frozen=True)
class Protection:
    """What keeps judging processes apart on this machine.

    Attributes:
        namespaces: Own users, processes, mounts, network and IPC.
        own_proc: ``/proc`` shows the own processes only.
        landlock: Version of Landlock that is applied, 0 for none.
        filter: Whether a second system call filter is loaded.
    """

    namespaces: bool
    own_proc: bool
    landlock: int
    filter: bool

    def message(self) -> dict[str, Any]:
        """In a form that crosses the wire."""
        return asdict(self)
