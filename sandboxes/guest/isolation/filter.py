"""A second system call filter, for the process that judges a submission. It stands on the engine's, and can't be undone.

The container's filter lets the fork server make namespaces and mounts; this one takes that away again, and whatever else
must hold where an engine did not take the container's filter.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

from .kernel import prctl

__all__ = ["FAMILIES", "OWN", "REFUSED", "REFUSED_FLAGS", "SEALED_MEMORY", "UNKNOWN", "load", "program"]

REFUSED: dict[str, tuple[int, int | None]] = {
    # namespaces and mounts
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442), "open_tree_attr": (467, 467),
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    # keys, programs for the kernel, events
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "bpf": (321, 280),
    "perf_event_open": (298, 241), "fanotify_init": (300, 262), "syslog": (103, 116), "lookup_dcookie": (212, 18),
    # files without a path
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    # the machine
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "swapon": (167, 224), "swapoff": (168, 225), "reboot": (169, 142), "acct": (163, 89),
    "quotactl": (179, 60), "quotactl_fd": (443, 443), "iopl": (172, None), "ioperm": (173, None), "modify_ldt": (154, None),
}  # fmt: skip
"""Refused with EPERM: numbers on x86_64 and on aarch64."""

UNKNOWN: dict[str, tuple[int, int]] = {
    "clone3": (435, 435), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "userfaultfd": (323, 282), "execveat": (322, 281), "memfd_secret": (447, 447),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424),
}  # fmt: skip
"""Refused with ENOSYS, as by an old kernel, so that callers do it in another way. A filter sees no flags of ``clone3``.

Descriptors of processes are numbered for the whole machine, so that one container could count for the next."""

OWN: dict[str, tuple[tuple[int, int], dict[int, int]]] = {
    "prlimit64": ((302, 261), {0: 0}), "sched_setaffinity": ((203, 122), {0: 0}), "sched_setparam": ((142, 118), {0: 0}),
    "sched_setscheduler": ((144, 119), {0: 0}), "sched_setattr": ((314, 274), {0: 0}),
    "setpriority": ((141, 140), {0: 0, 1: 0}), "ioprio_set": ((251, 30), {0: 1, 1: 0}),
}  # fmt: skip
"""Numbers, and values of arguments by their index with which the caller alone is meant; else refused with EPERM.

Who can bound or slow down other processes can do so to the container's first one, which an engine then can't stop in time.
"""

FAMILIES = (1, 2, 10)
"""Sockets: AF_UNIX, AF_INET, AF_INET6."""
REFUSED_FLAGS = 0x7E021000
"""Flags of ``clone`` that make namespaces, and CLONE_PIDFD."""
SEALED_MEMORY = 8
"""MFD_NOEXEC_SEAL: a file in memory that can never be executed."""

_CLONE, _SOCKET, _SOCKETPAIR, _MEMFD, _PERSONALITY = (56, 220), (41, 198), (53, 199), (319, 279), (135, 92)
_IOCTL, _FCNTL = (16, 29), (72, 25)
_PERSONALITIES = (0, 0xFFFFFFFF)
_TYPING = (0x5412, 0x541C)
"""TIOCSTI, TIOCLINUX: type on behalf of whoever sits at a terminal."""
_LEASES = (1024,)
"""F_SETLEASE: on a test's file it would let others wait for most of a minute to open it."""
_MODES: tuple[tuple[int | None, int | None], ...] = ((90, None), (91, 52), (268, 53), (452, 452))
"""``chmod``, ``fchmod``, ``fchmodat``, ``fchmodat2``."""
_LASTING = ((29, 194), (64, 190), (68, 186), (240, 180))
"""``shmget``, ``semget``, ``msgget``, ``mq_open``: what they make outlasts its maker."""

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32 = 0x40000000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24
"""Offsets in ``struct seccomp_data``; of arguments the lower half, which is all that the kernel looks at in these."""
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2

_Instruction = tuple[int, int, int, int]


def load(alone: bool = True) -> None:
    """Refuse all of the above to this process and its descendants, for good.

    Args:
        alone: Whether the process has namespaces of its own. If not, its neighbours depend on the modes of files that they
            share, so changing modes seems to work and does nothing; and what outlasts a process can't be made.

    Raises:
        OSError: The kernel refused.
        KeyError: A processor of another type.
    """
    instructions = program(platform.machine(), alone)
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in instructions)
    buffer = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("HxxxxxxQ", len(instructions), ctypes.addressof(buffer))
    holder = ctypes.create_string_buffer(head, len(head))
    prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(holder))


def program(machine: str, alone: bool = True) -> list[_Instruction]:
    """The filter in the kernel's language (classic BPF) for a type of processor; for ``alone`` see ``load``."""
    column, architecture = _ARCHITECTURES[machine]
    code: list[_Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        code += [(_AT_LEAST, 0, 1, _X32), _error(errno.ENOSYS)]
    for table, number in ((REFUSED, errno.EPERM), (UNKNOWN, errno.ENOSYS)):
        for numbers in table.values():
            if (call := numbers[column]) is not None:
                code += _when(call, [_error(number)])
    if not alone:
        code += _apart(column)
    for numbers, arguments in OWN.values():
        code += _when(numbers[column], _with(arguments))
    code += _when(_CLONE[column], [(_LOAD, 0, 0, _FIRST), (_ANY_BIT, 0, 1, REFUSED_FLAGS), _error(errno.EPERM), _allow()])
    code += _when(_MEMFD[column], [(_LOAD, 0, 0, _SECOND), (_ANY_BIT, 1, 0, SEALED_MEMORY), _error(errno.EPERM), _allow()])
    code += _when(_SOCKET[column], _only(_FIRST, FAMILIES, errno.EAFNOSUPPORT))
    code += _when(_SOCKETPAIR[column], _only(_FIRST, FAMILIES[:1], errno.EAFNOSUPPORT))
    code += _when(_PERSONALITY[column], _only(_FIRST, _PERSONALITIES, errno.EPERM))
    code += _when(_IOCTL[column], _never(_SECOND, _TYPING, errno.EPERM))
    code += _when(_FCNTL[column], _never(_SECOND, _LEASES, errno.EACCES))
    return [*code, _allow()]


def _apart(column: int) -> list[_Instruction]:
    code: list[_Instruction] = []
    for calls, number in ((_MODES, 0), (_LASTING, errno.ENOSYS)):
        for numbers in calls:
            if (call := numbers[column]) is not None:
                code += _when(call, [_error(number)])
    return code


def _when(call: int, then: list[_Instruction]) -> list[_Instruction]:
    """For one system call: instructions that end in a verdict."""
    return [(_EQUAL, 0, len(then), call), *then]


def _with(arguments: dict[int, int]) -> list[_Instruction]:
    checks: list[_Instruction] = []
    for index, value in arguments.items():
        checks += [(_LOAD, 0, 0, _FIRST + 8 * index), (_EQUAL, 1, 0, value), _error(errno.EPERM)]
    return [*checks, _allow()]


def _only(offset: int, values: tuple[int, ...], number: int) -> list[_Instruction]:
    checks = [(_EQUAL, len(values) - index, 0, value) for index, value in enumerate(values)]
    return [(_LOAD, 0, 0, offset), *checks, _error(number), _allow()]


def _never(offset: int, values: tuple[int, ...], number: int) -> list[_Instruction]:
    checks = [(_EQUAL, len(values) - index, 0, value) for index, value in enumerate(values)]
    return [(_LOAD, 0, 0, offset), *checks, _allow(), _error(number)]


def _error(number: int) -> _Instruction:
    return (_RETURN, 0, 0, _ERROR | number)


def _allow() -> _Instruction:
    return (_RETURN, 0, 0, _ALLOW)
