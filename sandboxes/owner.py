"""Who made a container: this host, this process. So that what a killed grader left behind can be told and removed."""

from __future__ import annotations

import os
import platform
import tempfile
from pathlib import Path

__all__ = ["BOOT", "FIRST_NAMESPACE", "HOST", "is_alive", "owner", "runtime_folder", "stale_folders"]

_PREFIX = "grader-"
_LONGEST = 50


def _start_time(pid: int) -> str:
    """When a process started, in clock ticks; empty where that can't be told."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return fields[19]


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return platform.node()


def _process_namespace() -> str:
    # Workers in containers of one machine count their processes separately.
    try:
        return str(os.stat("/proc/self/ns/pid").st_ino)
    except OSError:
        return "0"


_NAMESPACE = _process_namespace()
FIRST_NAMESPACE = _NAMESPACE == "4026531836"
"""Whether process ids mean here what they mean to the kernel (and so to an engine on it), which gives its first such
namespace this number."""
BOOT = _read("/proc/sys/kernel/random/boot_id")
"""This machine since it was started."""
HOST = f"{BOOT}/{_NAMESPACE}"
"""This machine and the process namespace in which process ids here mean something."""


def owner() -> str:
    """This process. A function, since a worker forks."""
    return f"{os.getpid()}-{_start_time(os.getpid())}"


def is_alive(name: str) -> bool:
    """Whether the process with this name still runs on this machine."""
    pid, _, started = name.partition("-")
    if not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _start_time(int(pid)) == started


def _parent() -> str:
    # The path of a socket has 107 bytes at most.
    usual = tempfile.gettempdir()
    return usual if len(os.fsencode(usual)) < _LONGEST else "/tmp"


def runtime_folder() -> str:
    """A new private folder for this process's sockets."""
    return tempfile.mkdtemp(prefix=f"{_PREFIX}{_NAMESPACE}-{owner()}-", dir=_parent())


def stale_folders() -> list[Path]:
    """Runtime folders of processes that are gone: of those that are counted as here, since a folder may be shared."""
    folders = Path(_parent()).glob(f"{_PREFIX}{_NAMESPACE}-*-*-*")
    return [path for path in folders if not is_alive("-".join(path.name.split("-")[2:4]))]
