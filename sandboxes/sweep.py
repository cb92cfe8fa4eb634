"""Remove what a killed grader left behind."""

from __future__ import annotations

import shutil

from .engine import Container, Engine
from .owner import BOOT, HOST, OWNER, is_alive, stale_folders

__all__ = ["remove_own", "stale_containers", "sweep"]


def stale_containers(engine: Engine) -> list[Container]:
    """Sandbox containers made by processes of this machine that are gone, or before it was restarted."""
    return [container for container, host, owner in engine.owned() if _is_stale(engine, host, owner)]


def _is_stale(engine: Engine, host: str, owner: str) -> bool:
    if host == HOST:
        return owner != OWNER and not is_alive(owner)
    return engine.same_kernel and host.partition("/")[0] != BOOT


def sweep(engine: Engine) -> int:
    """Remove stale containers and folders; returns how many containers."""
    stale = stale_containers(engine)
    for container in stale:
        engine.remove(container)
    for folder in stale_folders():
        shutil.rmtree(folder, ignore_errors=True)
    return len(stale)


def remove_own(engine: Engine) -> None:
    """Remove all containers of this process: the last step of a program that was interrupted."""
    for container, host, owner in engine.owned():
        if host == HOST and owner == OWNER:
            engine.remove(container)
