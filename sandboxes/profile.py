"""Which system calls a container may make: a list of what Python programs need, in the form that container engines take.

What is not named is refused (EPERM). Written for people; ``profile`` makes the engine's JSON of it.
"""

from __future__ import annotations

import errno
import json
from typing import Any

from .guest.isolation.filter import FAMILIES, NAMESPACE_FLAGS, SEALED_MEMORY, UNKNOWN

__all__ = ["profile"]

_ALLOWED = """
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek _llseek
    sendfile sendfile64 copy_file_range splice tee readahead
    open openat openat2 creat close close_range dup dup2 dup3 fcntl fcntl64 flock
    access faccessat faccessat2 stat fstat lstat stat64 fstat64 lstat64 newfstatat fstatat64 statx
    statfs fstatfs statfs64 fstatfs64
    getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir link linkat unlink unlinkat symlink symlinkat
    readlink readlinkat rename renameat renameat2 mknod mknodat truncate ftruncate truncate64 ftruncate64 fallocate
    chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat umask utime utimes utimensat futimesat
    getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
    setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
    fsync fdatasync sync syncfs sync_file_range fadvise64 fadvise64_64 cachestat
    inotify_init inotify_init1 inotify_add_watch inotify_rm_watch

    mmap mmap2 munmap mremap mprotect madvise msync mincore mlock mlock2 mlockall munlock munlockall brk membarrier
    pkey_alloc pkey_free pkey_mprotect map_shadow_stack mseal
    shmget shmat shmdt shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl
    mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr

    fork vfork execve exit exit_group wait4 waitid waitpid kill tkill tgkill pidfd_open pidfd_send_signal
    getpid getppid gettid getpgid getpgrp getsid setpgid setsid
    getuid geteuid getgid getegid getresuid getresgid getgroups getuid32 geteuid32 getgid32 getegid32 getgroups32
    setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid
    capget capset prctl arch_prctl seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self
    set_tid_address set_thread_area get_thread_area rseq set_robust_list get_robust_list
    futex futex_waitv futex_wake futex_wait futex_requeue restart_syscall
    getrlimit setrlimit prlimit64 ugetrlimit getrusage times getpriority setpriority ioprio_get ioprio_set
    sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_setparam sched_getscheduler sched_setscheduler
    sched_getattr sched_setattr sched_get_priority_max sched_get_priority_min sched_rr_get_interval getcpu

    rt_sigaction rt_sigprocmask rt_sigpending rt_sigsuspend rt_sigtimedwait rt_sigqueueinfo rt_tgsigqueueinfo rt_sigreturn
    sigaltstack sigreturn sigaction sigprocmask signalfd signalfd4 pause alarm getitimer setitimer
    timer_create timer_settime timer_gettime timer_getoverrun timer_delete timerfd_create timerfd_settime timerfd_gettime
    nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time
    clock_gettime64 clock_getres_time64 clock_nanosleep_time64 futex_time64

    pipe pipe2 eventfd eventfd2 poll ppoll select pselect6 _newselect
    epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
    bind connect listen accept accept4 getsockname getpeername getsockopt setsockopt shutdown
    send sendto sendmsg sendmmsg recv recvfrom recvmsg recvmmsg

    uname sysinfo getrandom
"""

_NESTING = "unshare mount umount2"
"""For a fork server that makes namespaces, and takes this from its children with a filter of its own."""

_IOCTLS = {
    "terminals": (
        0x5401, 0x5402, 0x5403, 0x5404, 0x5405, 0x5409, 0x540A, 0x540B, 0x540E, 0x540F, 0x5410, 0x5411, 0x5413, 0x5414,
        0x5422, 0x5429, 0x5441, 0x80045430, 0x40045431, 0x80045438, 0x80045439, 0x40045436, 0x802C542A, 0x402C542B,
        0x402C542C,
    ),
    "any descriptor": (0x541B, 0x5420, 0x5421, 0x5450, 0x5451, 0x5452),
    "files": (1, 2, 0x40049409, 0x4020940D, 0x80086601, 0xC020660B, 0x80081272, 0x1260),
    "interfaces": (
        0x8905, 0x8906, 0x8910, 0x8912, 0x8913, 0x8914, 0x8915, 0x8919, 0x891B, 0x891D, 0x8921, 0x8927, 0x8933,
    ),
}  # fmt: skip
"""All that is left of a very wide call; above all not TIOCSTI and TIOCLINUX."""

_ARCHITECTURES = ("SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64")
_PERSONALITIES = (0, 0xFFFFFFFF)
_HALF = 0xFFFFFFFF
_MOST_FAMILIES = 64


def profile(nests: bool = False) -> str:
    """The filter of system calls for a container.

    Args:
        nests: Whether the container's own program makes namespaces and mounts.

    Returns:
        JSON as for ``docker run --security-opt seccomp=…``, for x86_64 and aarch64 (calls of 32-bit programs end them).
    """
    names = f"{_ALLOWED} {_NESTING if nests else ''}".split()
    rules = [
        _rule(names),
        _rule(list(UNKNOWN), refusal=errno.ENOSYS),
        _rule(["clone"], _compare(0, "SCMP_CMP_MASKED_EQ", NAMESPACE_FLAGS, 0)),
        _rule(["memfd_create"], _compare(1, "SCMP_CMP_MASKED_EQ", SEALED_MEMORY, SEALED_MEMORY)),
        _rule(["socketpair"], _equals(0, FAMILIES[0])),
        *(_rule(["socket"], _equals(0, family)) for family in FAMILIES),
        *(
            _rule(["socket"], _equals(0, other), errno.EAFNOSUPPORT)
            for other in range(_MOST_FAMILIES)
            if other not in FAMILIES
        ),
        *(_rule(["personality"], _equals(0, value)) for value in _PERSONALITIES),
        *(_rule(["ioctl"], _equals(1, request)) for requests in _IOCTLS.values() for request in requests),
    ]
    architectures: list[dict[str, Any]] = [{"architecture": name, "subArchitectures": []} for name in _ARCHITECTURES]
    return json.dumps({"defaultAction": "SCMP_ACT_ERRNO", "archMap": architectures, "syscalls": rules})


def _rule(names: list[str], condition: dict[str, Any] | None = None, refusal: int | None = None) -> dict[str, Any]:
    rule: dict[str, Any] = {"names": names, "action": "SCMP_ACT_ALLOW", "args": [condition] if condition else []}
    return rule if refusal is None else {**rule, "action": "SCMP_ACT_ERRNO", "errnoRet": refusal}


def _compare(index: int, operator: str, value: int, second: int) -> dict[str, Any]:
    return {"index": index, "value": value, "valueTwo": second, "op": operator}


def _equals(index: int, value: int) -> dict[str, Any]:
    """In the lower half of the argument, which is all that the kernel looks at in these calls."""
    return _compare(index, "SCMP_CMP_MASKED_EQ", _HALF, value)
