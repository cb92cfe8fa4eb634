"""Nested namespaces: a view of the container that holds one grading and nothing of its neighbours."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from pathlib import Path

from ..meeting import MEETING_PLACE
from .kernel import drop_capabilities, mount, unshare

__all__ = ["furnish", "separate"]

_NEW_MOUNTS, _NEW_IPC, _NEW_USER, _NEW_PROCESSES, _NEW_NETWORK = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000

_READ_ONLY, _NO_SUID, _NO_DEVICES, _NO_EXECUTION, _REMOUNT, _BIND, _RELATIME = 1, 2, 4, 8, 32, 4096, 1 << 21
_CLOSED = _NO_SUID | _NO_DEVICES | _NO_EXECUTION

_SHARED_MEMORY = 16 * 1024 * 1024
_SHARED_FILES = 1000
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1


def separate() -> None:
    """Move this process to namespaces of its own; its next child is process 1 of a new process namespace.

    The process must be dumpable and have one thread.

    Raises:
        OSError: Kernel or engine do not allow it.
    """
    user, group = os.getuid(), os.getgid()
    unshare(_NEW_USER | _NEW_MOUNTS | _NEW_IPC | _NEW_PROCESSES | _NEW_NETWORK)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def furnish(read_only: str, size: int, files: int, own_proc: bool) -> None:
    """Mount what belongs to one grading over what the container shares, then give up the right to mount.

    Args:
        read_only: Mounted folder that may be read only.
        size: Bytes that ``/tmp`` may hold.
        files: Files and folders that it may hold.
        own_proc: Whether ``/proc`` shows the own processes only. Needs a container whose ``/proc`` is not masked.

    Raises:
        OSError: The kernel refused.
    """
    mount("tmpfs", "/tmp", _CLOSED, f"size={size},nr_inodes={files},mode=700")
    mount("tmpfs", "/dev/shm", _CLOSED, f"size={_SHARED_MEMORY},nr_inodes={_SHARED_FILES},mode=700")
    mount("mqueue", "/dev/mqueue", _CLOSED)
    mount("devpts", "/dev/pts", _NO_SUID | _NO_EXECUTION, "newinstance,ptmxmode=0666,mode=0620")
    if os.access(MEETING_PLACE, os.W_OK):
        mount("tmpfs", MEETING_PLACE, _CLOSED | _READ_ONLY, "size=4k,nr_inodes=1,mode=500")
    mount(None, read_only, _REMOUNT | _BIND | _READ_ONLY | _CLOSED | _RELATIME)
    if own_proc:
        _mount_proc()
    _raise_loopback()
    drop_capabilities()


def _mount_proc() -> None:
    try:
        mount("proc", "/proc", _CLOSED, "subset=pid")
    except OSError as error:
        raise OSError(error.errno, "no /proc of its own: is it masked, or is the kernel older than 5.8?") from None


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = fcntl.ioctl(sock, _GET_FLAGS, struct.pack("16sH22x", b"lo", 0))
        (flags,) = struct.unpack_from("H", request, 16)
        fcntl.ioctl(sock, _SET_FLAGS, struct.pack("16sH22x", b"lo", flags | _UP))
