"""Meters: what a container has used, by the kernel's own count. A family; each reads one kind of source."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .engine import Container, Engine
from .errors import SandboxFailure

__all__ = ["CgroupV1Meter", "CgroupV2Meter", "EngineMeter", "Meter", "Reading", "meter_for"]

_CGROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Reading:
    """Counters of a container at one moment.

    Attributes:
        cpu_time: Seconds of CPU since it started.
        peak_memory: Bytes, the most it held (since ``start_peak`` where the kernel can forget, else since its start).
        oom_kills: Processes killed for want of memory.
        process_denials: Processes and threads that could not be started because there were too many.
    """

    cpu_time: float = 0.0
    peak_memory: int = 0
    oom_kills: int = 0
    process_denials: int = 0


class Meter(Protocol):
    """Reads a container's counters.

    Attributes:
        interval: Seconds between readings that are worth their cost.
    """

    interval: float

    def read(self) -> Reading: ...

    def start_peak(self) -> None: ...


class CgroupV1Meter:
    """Control groups, version 1: a folder for each controller."""

    interval = 0.02

    def __init__(self, folders: dict[str, Path]) -> None:
        self._cpu = folders["cpuacct"] / "cpuacct.usage"
        self._memory = folders["memory"] / "memory.max_usage_in_bytes"
        self._oom = folders["memory"] / "memory.oom_control"
        self._pids = folders["pids"] / "pids.events"
        self._last = Reading()

    def read(self) -> Reading:
        try:
            oom = dict(line.split() for line in self._oom.read_text().splitlines())
            self._last = Reading(
                cpu_time=int(self._cpu.read_text()) / 1e9,
                peak_memory=int(self._memory.read_text()),
                oom_kills=int(oom.get("oom_kill", 0)),
                process_denials=_fields(self._pids)["max"],
            )
        except OSError:
            pass  # the container has ended, and its counters with it: the last reading stands
        return self._last

    def start_peak(self) -> None:
        try:
            self._memory.write_text("0")
        except OSError:
            pass  # not root, or ended: the peak is then that of the container's whole life


class CgroupV2Meter:
    """Control groups, version 2: one folder."""

    interval = 0.02

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last = Reading()
        self._peak_file: int | None = None
        self._sampled_peak = 0

    def read(self) -> Reading:
        try:
            cpu = _fields(self._folder / "cpu.stat")["usage_usec"] / 1e6
            oom = _fields(self._folder / "memory.events").get("oom_kill", 0)
            self._last = Reading(cpu, self._peak(), oom, _fields(self._folder / "pids.events")["max"])
        except (OSError, KeyError):
            pass  # the container has ended, and its counters with it: the last reading stands
        return self._last

    def start_peak(self) -> None:
        # From Linux 6.12 on, writing resets the peak as seen through the same open file.
        self._sampled_peak = 0
        try:
            if self._peak_file is None:
                self._peak_file = os.open(self._folder / "memory.peak", os.O_RDWR)
            os.write(self._peak_file, b"reset\n")
        except OSError:
            self._close()

    def _peak(self) -> int:
        if self._peak_file is not None:
            return int(os.pread(self._peak_file, 64, 0))
        current = int((self._folder / "memory.current").read_text())
        self._sampled_peak = max(self._sampled_peak, current)
        return self._sampled_peak

    def _close(self) -> None:
        if self._peak_file is not None:
            os.close(self._peak_file)
            self._peak_file = None

    def __del__(self) -> None:
        self._close()


class EngineMeter:
    """The engine's statistics, for containers whose kernel is not this machine's. Slow: some milliseconds a reading."""

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


def _fields(path: Path) -> dict[str, int]:
    return {name: int(value) for name, value in (line.split() for line in path.read_text().splitlines())}


def meter_for(engine: Engine, container: Container) -> Meter:
    """The best meter there is for a running container."""
    if engine.same_kernel:
        try:
            return _cgroup_meter(engine.process_id(container))
        except (OSError, KeyError):
            pass  # the engine runs in another process namespace
    return EngineMeter(engine, container)


def _process_groups(pid: int) -> dict[str, str]:
    """A process's control groups: path by controller, that of version 2 under an empty name."""
    paths: dict[str, str] = {}
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _number, controllers, path = line.split(":", 2)
        paths |= dict.fromkeys(controllers.split(","), path)
    return paths


def _cgroup_meter(pid: int) -> Meter:
    paths = _process_groups(pid)
    if (_CGROUPS / "cgroup.controllers").exists():
        folder = _CGROUPS / paths[""].lstrip("/")
        _fields(folder / "cpu.stat")
        return CgroupV2Meter(folder)
    folders = {name: _CGROUPS / name / paths[name].lstrip("/") for name in ("cpuacct", "memory", "pids")}
    (folders["cpuacct"] / "cpuacct.usage").read_text()
    return CgroupV1Meter(folders)
