"""The system calls that the standard library does not offer."""

from __future__ import annotations

import ctypes
import os
import platform

__all__ = [
    "become_subreaper",
    "call",
    "die_with_parent",
    "drop_capabilities",
    "linux_version",
    "mount",
    "prctl",
    "set_dumpable",
    "unshare",
]

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.syscall.restype = ctypes.c_long
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION = 0x20080522
_LAST_CAPABILITY = 63

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
_SIGKILL = 9


def call(number: int, *arguments: int | ctypes.Array[ctypes.c_char] | bytes | None) -> int:
    """A system call by its number.

    Raises:
        OSError: The kernel refused.
    """
    values = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return _checked(_LIBC.syscall(ctypes.c_long(number), *values), f"system call {number}")


def prctl(option: int, *arguments: int) -> int:
    """``prctl(2)``.

    Raises:
        OSError: The kernel refused.
    """
    values = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    return _checked(_LIBC.prctl(ctypes.c_int(option), *values), f"prctl {option}")


def unshare(flags: int) -> None:
    """``unshare(2)``.

    Raises:
        OSError: The kernel refused.
    """
    _checked(_LIBC.unshare(ctypes.c_int(flags)), "unshare")


def mount(kind: str | None, target: str, flags: int, options: str = "") -> None:
    """``mount(2)`` of a file system without a device, or with ``None`` a change of what is mounted.

    Raises:
        OSError: The kernel refused.
    """
    name = kind.encode() if kind else None
    code = _LIBC.mount(name or b"none", os.fsencode(target), name, ctypes.c_ulong(flags), options.encode() or None)
    _checked(code, f"mount {kind or 'again'} on {target}")


def set_dumpable(dumpable: bool) -> None:
    """Whether processes of the same user may look into this one."""
    prctl(_PR_SET_DUMPABLE, int(dumpable))


def die_with_parent() -> None:
    """Be killed as soon as the parent ends, however it does."""
    prctl(_PR_SET_PDEATHSIG, _SIGKILL)


def become_subreaper() -> None:
    """Be the parent of all descendants whose own parent ends."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


def drop_capabilities() -> None:
    """Give up all capabilities, for good."""
    for capability in range(_LAST_CAPABILITY + 1):
        try:
            prctl(_PR_CAPBSET_DROP, capability)
        except OSError:
            break  # this kernel knows no more
    prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    number = _CAPSET[platform.machine()]
    _checked(_LIBC.syscall(ctypes.c_long(number), ctypes.byref(header), ctypes.byref(nothing)), "capset")


def linux_version() -> tuple[int, int]:
    """Major and minor version of the kernel; zeros for a release that has none."""
    major, _, rest = os.uname().release.partition(".")
    minor = rest.partition(".")[0].partition("-")[0]
    return (int(major), int(minor)) if major.isdigit() and minor.isdigit() else (0, 0)


def _checked(code: int, what: str) -> int:
    if code < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return code
