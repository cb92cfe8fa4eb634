"""Meters: what a container has used. A family; each reads the kernel's counters from another place."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from .engine import Container, Engine
from .errors import SandboxFailure
from .guest.counters import CgroupV1, CgroupV2, Counters, Reading

__all__ = ["EngineMeter", "LocalMeter", "Meter", "Reading", "local_meter"]

_CGROUPS = Path("/sys/fs/cgroup")


class Meter(Protocol):
    """Reads a container's counters.

    Attributes:
        interval: Seconds between readings that are worth their cost.
    """

    interval: float

    def read(self) -> Reading:
        """The counters now; of a container that has ended, the last that were read.

        Raises:
            SandboxFailure: They can't be read.
        """
        ...

    def start_peak(self) -> None:
        """Let the peak of memory be that from now on.

        Raises:
            SandboxFailure: The counters can't be read.
        """
        ...


class LocalMeter:
    """This machine's control groups."""

    interval = 0.02

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._last = Reading()

    def read(self) -> Reading:
        try:
            self._last = self._counters.read()
        except (OSError, ValueError, KeyError):
            pass  # the container has ended, and its counters with it: the last reading stands
        return self._last

    def start_peak(self) -> None:
        try:
            self._counters.start_peak()
        except (OSError, ValueError):
            pass  # as above


class EngineMeter:
    """The engine's statistics, where nothing else can be read. Slow: up to a second a reading, and less in it."""

    interval = 0.2

    def __init__(self, engine: Engine, container: Container) -> None:
        self._engine = engine
        self._container = container
        self._last = Reading()
        self._peak = 0

    def read(self) -> Reading:
        try:
            counters = self._engine.counters(self._container)
            memory = counters.get("memory_stats", {})
            self._peak = max(self._peak, memory.get("usage", 0))
            cpu = counters["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9
            if cpu:
                self._last = Reading(cpu, self._peak)
        except (SandboxFailure, KeyError):
            pass  # the container has ended: the last reading stands
        return self._last

    def start_peak(self) -> None:
        self._peak = 0


def local_meter(engine: Engine, container: Container) -> Meter | None:
    """The meter of a running container on this machine; ``None`` where its counters can't be seen from here."""
    if not engine.same_kernel:
        return None
    try:
        return LocalMeter(_counters(_process_groups(engine.process_id(container)), container.id))
    except (OSError, KeyError):
        return None


def _process_groups(pid: int) -> dict[str, str]:
    """A process's control groups: path by controller, that of version 2 under an empty name."""
    paths: dict[str, str] = {}
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _number, controllers, path = line.split(":", 2)
        paths |= dict.fromkeys(controllers.split(","), path)
    return paths


def _counters(paths: dict[str, str], container: str) -> Counters:
    version_2 = (_CGROUPS / "cgroup.controllers").exists()
    names = [""] if version_2 else ["cpuacct", "memory", "pids"]
    # Where processes are counted otherwise than by the engine (a worker in a container), the number is another process's.
    if any(container not in paths[name] for name in names):
        raise FileNotFoundError("not the control group of this container")
    folders = {name: _CGROUPS / name / paths[name].lstrip("/") for name in names}
    counters = CgroupV2(folders[""]) if version_2 else CgroupV1(folders)
    counters.read()
    return counters
