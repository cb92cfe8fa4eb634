"""What a container has used, by the kernel's own count: its control group's files, of either version."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

__all__ = ["CgroupV1", "CgroupV2", "Counters", "Reading", "counters_in"]


@dataclass(frozen=True)
class Reading:
    """Counters of a container at one moment.

    Attributes:
        cpu_time: Seconds of CPU since it started.
        peak_memory: Bytes, the most it held since ``start_peak``.
        oom_kills: Processes killed for want of memory.
        process_denials: Processes and threads that could not be started because there were too many.
    """

    cpu_time: float = 0.0
    peak_memory: int = 0
    oom_kills: int = 0
    process_denials: int = 0


class Counters(Protocol):
    """Reads one container's counters."""

    def read(self) -> Reading:
        """The counters now.

        Raises:
            OSError: The container has ended, and its counters with it.
        """
        ...

    def start_peak(self) -> None:
        """Forget how much memory was held before."""
        ...


class _Peak:
    """The most memory that was held since a moment, where the kernel knows only the most that ever was.

    Once that grows it was reached after the moment, and is exact; until then what is seen now and then has to do.
    """

    def __init__(self) -> None:
        self._before = self._seen = 0

    def start(self, ever: int) -> None:
        self._before, self._seen = ever, 0

    def of(self, ever: int, now: int) -> int:
        self._seen = max(self._seen, now)
        return ever if ever > self._before else self._seen


class CgroupV1:
    """Control groups, version 1: a folder for each controller.

    There the buffers of sockets over IP are neither counted nor limited until they have a limit of their own. They get that
    of the memory, where this process may set it.
    """

    def __init__(self, folders: dict[str, Path]) -> None:
        self._cpu = folders["cpuacct"] / "cpuacct.usage"
        self._ever = folders["memory"] / "memory.max_usage_in_bytes"
        self._now = folders["memory"] / "memory.usage_in_bytes"
        self._oom = folders["memory"] / "memory.oom_control"
        self._pids = folders["pids"] / "pids.events"
        self._peak = _Peak()
        self._sockets = folders["memory"] / "memory.kmem.tcp.max_usage_in_bytes"
        self._has_sockets = self._limit_sockets(folders["memory"])

    @staticmethod
    def _limit_sockets(folder: Path) -> bool:
        try:
            limit = (folder / "memory.limit_in_bytes").read_text()
            (folder / "memory.kmem.tcp.limit_in_bytes").write_text(limit)
        except OSError:  # not root, or a kernel without
            return False
        return True

    def read(self) -> Reading:
        ever = _number(self._ever)
        return Reading(
            cpu_time=_number(self._cpu) / 1e9,
            peak_memory=self._peak.of(ever, _number(self._now)) + (_number(self._sockets) if self._has_sockets else 0),
            oom_kills=_fields(self._oom).get("oom_kill", 0),
            process_denials=_fields(self._pids)["max"],
        )

    def start_peak(self) -> None:
        try:
            self._ever.write_text("0")
            if self._has_sockets:
                self._sockets.write_text("0")
        except OSError:  # not root
            self._peak.start(_number(self._ever))


class CgroupV2:
    """Control groups, version 2: one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._peak_file: int | None = None
        self._peak = _Peak()

    def read(self) -> Reading:
        cpu = _fields(self._folder / "cpu.stat")["usage_usec"] / 1e6
        oom = _fields(self._folder / "memory.events").get("oom_kill", 0)
        return Reading(cpu, self._peak_memory(), oom, _fields(self._folder / "pids.events")["max"])

    def start_peak(self) -> None:
        # From Linux 6.12 on, writing resets the peak as seen through the same open file.
        try:
            if self._peak_file is None:
                self._peak_file = os.open(self._folder / "memory.peak", os.O_RDWR)
            os.write(self._peak_file, b"reset\n")
        except OSError:
            self._close()
            self._peak.start(self._ever())

    def _ever(self) -> int:
        try:
            return _number(self._folder / "memory.peak")
        except FileNotFoundError:  # before Linux 5.19
            return 0

    def _peak_memory(self) -> int:
        if self._peak_file is not None:
            return int(os.pread(self._peak_file, 64, 0))
        return self._peak.of(self._ever(), _number(self._folder / "memory.current"))

    def _close(self) -> None:
        if self._peak_file is not None:
            os.close(self._peak_file)
            self._peak_file = None

    def __del__(self) -> None:
        self._close()


def _number(path: Path) -> int:
    return int(path.read_text())


def _fields(path: Path) -> dict[str, int]:
    return {name: int(value) for name, value in (line.split() for line in path.read_text().splitlines())}


def counters_in(root: Path, container: str) -> Counters:
    """The counters of a container, wherever below ``root`` its control group is.

    Args:
        root: Where control groups are mounted.
        container: Its id, which every engine has in the names of its groups.

    Raises:
        OSError: There is none.
    """
    if (root / "cgroup.controllers").exists():
        return CgroupV2(_below(root, container))
    return CgroupV1({name: _below(root / name, container) for name in ("cpuacct", "memory", "pids")})


def _below(root: Path, container: str) -> Path:
    """The first folder whose name has the container's id, nearest to ``root`` first."""
    level = [root]
    while level:
        inner = [Path(entry) for folder in level for entry in _folders(folder)]
        for path in inner:
            if container in path.name:
                return path
        level = inner
    raise FileNotFoundError(f"no control group of container {container[:12]} under {root}")


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:  # ended meanwhile
        return []
