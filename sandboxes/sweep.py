"""Remove what a killed grader left behind."""

from __future__ import annotations

import shutil

from .engine import Container, Engine
from .owner import BOOT, HOST, is_alive, owner, stale_folders

__all__ = ["remove_own", "stale_containers", "sweep"]


def stale_containers(engine: Engine) -> list[Container]:
    """Sandbox containers made by processes of this machine that are gone, or before it was restarted."""
    return [container for container, host, name in engine.owned() if _is_stale(engine, host, name)]


def _is_stale(engine: Engine, host: str, name: str) -> bool:
    if host == HOST:
        return name != owner() and not is_alive(name)
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
    for container, host, name in engine.owned():
        if host == HOST and name == owner():
            engine.remove(container)
