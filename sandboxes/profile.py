"""Which system calls a container may make: a list of what Python programs need, in the form that container engines take.

What is not named is refused (EPERM). Written for people; ``profile`` makes the engine's JSON of it.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from typing import Any

from .guest.isolation.filter import FAMILIES, OWN, REFUSED_FLAGS, SEALED_MEMORY, UNKNOWN

__all__ = ["profile"]

_ALLOWED = """
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek
    sendfile copy_file_range splice tee
    open openat openat2 creat close close_range dup dup2 dup3 fcntl flock
    access faccessat faccessat2 stat fstat lstat newfstatat statx statfs fstatfs
    getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir link linkat unlink unlinkat symlink symlinkat
    readlink readlinkat rename renameat renameat2 mknod mknodat truncate ftruncate fallocate
    chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat umask utime utimes utimensat futimesat
    getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
    setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
    fsync fdatasync sync syncfs
    inotify_init inotify_init1 inotify_add_watch inotify_rm_watch

    mmap munmap mremap mprotect madvise msync mlock mlock2 mlockall munlock munlockall brk membarrier
    pkey_alloc pkey_free pkey_mprotect map_shadow_stack mseal
    shmget shmat shmdt shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl
    mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr

    fork vfork execve exit exit_group wait4 waitid kill tkill tgkill
    getpid getppid gettid getpgid getpgrp getsid setpgid setsid
    getuid geteuid getgid getegid getresuid getresgid getgroups
    setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid
    capget capset prctl arch_prctl seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self
    set_tid_address set_thread_area get_thread_area rseq set_robust_list get_robust_list
    futex futex_waitv futex_wake futex_wait futex_requeue restart_syscall
    getrlimit setrlimit getrusage times getpriority ioprio_get
    sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_getattr
    sched_get_priority_max sched_get_priority_min sched_rr_get_interval getcpu

    rt_sigaction rt_sigprocmask rt_sigpending rt_sigsuspend rt_sigtimedwait rt_sigqueueinfo rt_tgsigqueueinfo rt_sigreturn
    sigaltstack signalfd signalfd4 pause alarm getitimer setitimer
    timer_create timer_settime timer_gettime timer_getoverrun timer_delete timerfd_create timerfd_settime timerfd_gettime
    nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time

    pipe pipe2 eventfd eventfd2 poll ppoll select pselect6
    epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
    bind connect listen accept accept4 getsockname getpeername shutdown
    sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg

    uname sysinfo getrandom
"""

_NOT_TAKEN = ["fadvise64", "readahead", "sync_file_range"]
"""Advice on the cache of files, which all containers share: it is heard, and not taken. Who could drop what is in it would
have a memory there for the next container (see ``images.warming``). To look at it (mincore, cachestat) is refused."""

_OPTIONS = 128
_NUMBERING = {"getsockopt": (57, 71, 77), "setsockopt": (76,)}
"""Options of sockets, by their numbers, are all allowed but SO_COOKIE, SO_NETNS_COOKIE, SO_PEERPIDFD, SO_PASSPIDFD. These
number what the whole machine has, so that one container could count for the next. (So do descriptors of processes.)"""

_NESTING = "unshare mount umount2"
"""For a fork server that makes namespaces, and takes this from its children with a filter of its own."""

_IOCTLS = {
    # terminals
    "TCGETS": 0x5401, "TCSETS": 0x5402, "TCSETSW": 0x5403, "TCSETSF": 0x5404, "TCGETA": 0x5405, "TCSBRK": 0x5409,
    "TCXONC": 0x540A, "TCFLSH": 0x540B, "TCGETS2": 0x802C542A, "TCSETS2": 0x402C542B, "TCSETSW2": 0x402C542C,
    "TCSETSF2": 0x402C542D, "TIOCSCTTY": 0x540E, "TIOCNOTTY": 0x5422, "TIOCGPGRP": 0x540F, "TIOCSPGRP": 0x5410,
    "TIOCGSID": 0x5429, "TIOCOUTQ": 0x5411, "TIOCGWINSZ": 0x5413, "TIOCSWINSZ": 0x5414, "TIOCPKT": 0x5420,
    "TIOCGPTN": 0x80045430, "TIOCSPTLCK": 0x40045431, "TIOCGPTLCK": 0x80045439, "TIOCGPTPEER": 0x5441,
    "TIOCGPKT": 0x80045438,
    # any descriptor
    "FIONREAD": 0x541B, "FIONBIO": 0x5421, "FIOASYNC": 0x5452, "FIOCLEX": 0x5451, "FIONCLEX": 0x5450,
    # files
    "FIGETBSZ": 2, "FICLONE": 0x40049409, "FICLONERANGE": 0x4020940D, "FS_IOC_GETFLAGS": 0x80086601,
    "FS_IOC_FIEMAP": 0xC020660B,
    # sockets and interfaces, to read
    "SIOCATMARK": 0x8905, "SIOCGSTAMP": 0x8906, "SIOCGIFNAME": 0x8910, "SIOCGIFCONF": 0x8912, "SIOCGIFFLAGS": 0x8913,
    "SIOCGIFADDR": 0x8915, "SIOCGIFBRDADDR": 0x8919, "SIOCGIFNETMASK": 0x891B, "SIOCGIFMTU": 0x8921,
    "SIOCGIFHWADDR": 0x8927, "SIOCGIFINDEX": 0x8933,
}  # fmt: skip
"""All that is left of a very wide call; above all not TIOCSTI and TIOCLINUX. Numbers are the same on both processors."""
_NESTING_IOCTLS = {"SIOCSIFFLAGS": 0x8914}
"""To bring the loopback interface of a new network namespace up."""

_ARCHITECTURES = ("SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64")
_PERSONALITIES = (0, 0xFFFFFFFF)
_HALF = 0xFFFFFFFF
_FAMILIES_TO_NAME = 64
"""Other families are told to be unknown, as by a kernel without them, so that honest code gives up in the way it knows."""


def profile(nests: bool = False) -> str:
    """The filter of system calls for a container.

    Args:
        nests: Whether the container's own program makes namespaces and mounts.

    Returns:
        JSON as for ``docker run --security-opt seccomp=…``, for x86_64 and aarch64 (calls of 32-bit programs end them).
    """
    names = f"{_ALLOWED} {_NESTING if nests else ''}".split()
    requests = _IOCTLS | (_NESTING_IOCTLS if nests else {})
    rules = [
        _rule(names),
        _rule(list(UNKNOWN), refusal=errno.ENOSYS),
        _rule(_NOT_TAKEN, refusal=0),
        *(_rule([name], *(_equals(*argument) for argument in arguments.items())) for name, (_, arguments) in OWN.items()),
        _rule(["clone"], _compare(0, "SCMP_CMP_MASKED_EQ", REFUSED_FLAGS, 0)),
        _rule(["memfd_create"], _compare(1, "SCMP_CMP_MASKED_EQ", SEALED_MEMORY, SEALED_MEMORY)),
        _rule(["socketpair"], _equals(0, FAMILIES[0])),
        *(_rule(["socket"], _equals(0, family)) for family in FAMILIES),
        *(
            _rule(["socket"], _equals(0, other), refusal=errno.EAFNOSUPPORT)
            for other in range(_FAMILIES_TO_NAME)
            if other not in FAMILIES
        ),
        *(_rule(["personality"], _equals(0, value)) for value in _PERSONALITIES),
        *(
            _rule([name], _compare(2, "SCMP_CMP_MASKED_EQ", _HALF & -size, first))
            for name, refused in _NUMBERING.items()
            for first, size in _blocks(refused)
        ),
        *(_rule(["ioctl"], _equals(1, request)) for request in requests.values()),
    ]
    architectures: list[dict[str, Any]] = [{"architecture": name, "subArchitectures": []} for name in _ARCHITECTURES]
    return json.dumps({"defaultAction": "SCMP_ACT_ERRNO", "archMap": architectures, "syscalls": rules})


def _blocks(refused: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """The other options of sockets in blocks as a mask describes them: the first, and how many, a power of two."""
    first = 0
    while first < _OPTIONS:
        size = 1
        while first % (2 * size) == 0 and not any(first <= option < first + 2 * size for option in refused):
            size *= 2
            if first + 2 * size > _OPTIONS:
                break
        if first not in refused:
            yield first, size
        first += size


def _rule(names: list[str], *conditions: dict[str, Any], refusal: int | None = None) -> dict[str, Any]:
    """A rule for calls that meet all of the conditions."""
    rule: dict[str, Any] = {"names": names, "action": "SCMP_ACT_ALLOW", "args": [*conditions]}
    return rule if refusal is None else {**rule, "action": "SCMP_ACT_ERRNO", "errnoRet": refusal}


def _compare(index: int, operator: str, value: int, second: int) -> dict[str, Any]:
    return {"index": index, "value": value, "valueTwo": second, "op": operator}


def _equals(index: int, value: int) -> dict[str, Any]:
    """In the lower half of the argument, which is all that the kernel looks at in these calls."""
    return _compare(index, "SCMP_CMP_MASKED_EQ", _HALF, value)
