"""Remove what a killed grader left behind."""

from __future__ import annotations

import shutil
import time

from .engine import Container, Engine, Owned
from .owner import BOOT, HOST, is_alive, owner, stale_folders

__all__ = ["remove_own", "stale_containers", "sweep"]

_SETTLED = 600
"""Seconds after which the clocks of engine and grader can't make a new container seem an old one."""


def stale_containers(engine: Engine) -> list[Container]:
    """Sandbox containers whose maker is gone.

    Of a maker that is counted as here the process is looked for. Of any other (in another container, on another machine) its
    gauge is, which ends when its maker hangs up, however that ended.
    """
    all_owned = engine.owned()
    kept = {(one.host, one.owner) for one in all_owned if one.role == "gauge" and one.running}
    return [one.container for one in all_owned if _is_stale(engine, one, (one.host, one.owner) in kept)]


def _is_stale(engine: Engine, owned: Owned, has_gauge: bool) -> bool:
    if owned.host == HOST:
        return owned.owner != owner() and not is_alive(owned.owner)
    if engine.same_kernel and owned.host.partition("/")[0] != BOOT:
        return True
    return owned.kept and not has_gauge and time.time() - owned.made > _SETTLED


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
    for owned in engine.owned():
        if owned.host == HOST and owned.owner == owner():
            engine.remove(owned.container)
