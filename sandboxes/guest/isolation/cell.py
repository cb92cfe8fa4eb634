"""A cell: the process that judges one submission, with what it needs and nothing more.

Fork server → keeper → judging process. The keeper stands outside of the cell: it waits, ends the cell when it is told to
(SIGTERM), and leaves nothing of it behind. The judging process is assumed lost: whoever takes it over must not come out.

With namespaces the judging process is process 1 of its own process namespace, so that all its descendants end with it, and
all that it wrote lies in file systems that go away with it. Without, the keeper kills its descendants and removes its files.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from ..wire.control import Control
from ..wire.errors import WireClosed
from . import filter, landlock, namespaces
from .kernel import become_subreaper, die_with_parent, linux_version, set_dumpable
from .protection import Protection
from .removal import empty, remove

__all__ = ["UNTIDY", "Bounds", "Cell", "clear_shared", "prepare", "probe"]

UNTIDY = 3
"""Exit status of a keeper that could not remove all that its cell left, or ended before it did."""

_AWAITED = (signal.SIGTERM, signal.SIGCHLD)
_OPEN_FILES = 512
_MOST_DESCRIPTORS = 4096
_FIRST_TO_BE_KILLED = "1000"
_COUNTS_BY_NAMESPACE = (5, 14)
"""From this version of Linux on a limit of processes counts those of the namespace, before those of the user anywhere."""
_ROUNDS = 200
_SHARED = "/dev/shm"


@dataclass(frozen=True)
class Bounds:
    """What a cell may use.

    Attributes:
        size: Bytes of files.
        files: Number of files and folders.
        processes: Processes and threads at once.
        read_only: Folder of the tests.
    """

    size: int
    files: int
    processes: int
    read_only: str


@dataclass(frozen=True)
class Cell:
    """A cell that is ready, and waits for its work.

    Attributes:
        keeper: Process id of its keeper.
        entrance: The other end is in the cell.
    """

    keeper: int
    entrance: Control

    def enter(self, descriptors: list[int]) -> None:
        """Let the work begin with these descriptors.

        Raises:
            WireClosed: There is nobody in it.
        """
        try:
            self.entrance.send({"do": "begin"}, descriptors)
        finally:
            self.entrance.close()


def probe(bounds: Bounds) -> Protection:
    """The best protection that works here: found by trying."""
    version = landlock.version()
    best = [
        Protection(namespaces=True, own_proc=True, landlock=version, filter=True),
        Protection(namespaces=True, own_proc=False, landlock=version, filter=True),
        Protection(namespaces=False, own_proc=False, landlock=version, filter=True),
        Protection(namespaces=False, own_proc=False, landlock=version, filter=False),
        Protection(namespaces=False, own_proc=False, landlock=0, filter=False),
    ]
    for protection in best:
        keeper = _start(protection, bounds, "/tmp/probe", (), lambda: None)
        _pid, status = os.waitpid(keeper, 0)
        if status == 0:
            return protection
    raise OSError("no process can be started to judge submissions")


def prepare(protection: Protection, bounds: Bounds, scratch: str, work: Callable[[list[int]], None]) -> Cell:
    """Make a cell ahead of its use: nobody then waits for what it takes (some milliseconds).

    Args:
        protection: What ``probe`` found; the work is not begun with less.
        bounds: What the cell may use.
        scratch: The folder that it may write to, gone afterwards.
        work: Called in the new process with the descriptors that the cell is entered with; the process ends when it returns.

    Raises:
        OSError: The process can't be started.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            keeper = _start(protection, bounds, scratch, (theirs.fileno(),), lambda: work(_entered(theirs)))
        except OSError:
            ours.close()
            raise
    return Cell(keeper, Control(ours))


def _entered(entrance: socket.socket) -> list[int]:
    """Wait in the cell; returns the descriptors of the work."""
    with entrance:
        try:
            _message, descriptors = Control(entrance).receive()
        except WireClosed:
            os._exit(0)  # the fork server ended, or has no use for this cell
    return descriptors


def _start(
    protection: Protection, bounds: Bounds, scratch: str, descriptors: Iterable[int], work: Callable[[], None]
) -> int:
    """Let a new process do some work in a cell; returns the process id of its keeper."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED)  # it may be told to end at any time
    keeper = os.fork()
    if keeper:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return keeper
    try:
        _keep(protection, bounds, scratch, sorted(set(descriptors)), work)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(UNTIDY)


def _keep(
    protection: Protection, bounds: Bounds, scratch: str, descriptors: list[int], work: Callable[[], None]
) -> NoReturn:
    signal.set_wakeup_fd(-1)
    for number in _AWAITED:
        signal.signal(number, signal.SIG_DFL)
    os.setsid()  # signals to the own group reach neither the fork server nor its relay
    become_subreaper()
    set_dumpable(True)  # else the kernel lets nobody write the maps of users
    if protection.namespaces:
        namespaces.separate()
    else:
        for folder in (scratch, _unshared(scratch)):
            os.makedirs(folder)
    alive, hold = os.pipe()
    judge = os.fork()
    if judge == 0:
        os.close(hold)
        _judge(protection, bounds, scratch, descriptors, alive, work)
    set_dumpable(False)
    os.write(hold, b".")
    _close_all_but([])
    status = _wait_for(judge)
    if not protection.namespaces:
        _tidy(scratch)
    os._exit(0 if status == 0 else 1)


def _wait_for(judge: int) -> int:
    """Wait until the judging process ends, and end it when told to; returns its status.

    Signals are taken when they are looked for: one that comes when the process is gone already interrupts nothing.
    """
    while True:
        pid, status = os.waitpid(judge, os.WNOHANG)
        if pid:
            return status
        if signal.sigwait(_AWAITED) == signal.SIGTERM:
            os.kill(judge, signal.SIGKILL)


def _judge(
    protection: Protection, bounds: Bounds, scratch: str, descriptors: list[int], alive: int, work: Callable[[], None]
) -> NoReturn:
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _AWAITED)
        die_with_parent()
        if not os.read(alive, 1):  # it had ended before the kernel was asked to tell
            os._exit(1)
        os.setsid()
        _close_all_but(descriptors)
        _confine(protection, bounds, scratch)
        work()
        os._exit(0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)


def _confine(protection: Protection, bounds: Bounds, scratch: str) -> None:
    if protection.namespaces:
        namespaces.furnish(bounds.read_only, bounds.size, bounds.files, protection.own_proc)
    # The process that judges goes before the one that starts others, when memory runs short.
    Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_BE_KILLED)
    _limit(resource.RLIMIT_FSIZE, bounds.size)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    if protection.namespaces and linux_version() >= _COUNTS_BY_NAMESPACE:
        _limit(resource.RLIMIT_NPROC, bounds.processes)
    own = ["/tmp"] if protection.namespaces else [scratch, _unshared(scratch)]
    tempfile.tempdir = own[-1]
    if protection.landlock:
        landlock.restrict(own, bounds.read_only, shares_memory_folder=not protection.namespaces)
    if protection.filter:
        filter.load(alone=protection.namespaces)


def _unshared(scratch: str) -> str:
    """Where temporary files go that the candidate does not see; with namespaces that is ``/tmp``."""
    return f"{scratch}.own"


def _limit(kind: int, most: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    if hard == resource.RLIM_INFINITY or hard > most:
        resource.setrlimit(kind, (most, most))


def _close_all_but(descriptors: list[int]) -> None:
    low = 3
    for descriptor in [*descriptors, _MOST_DESCRIPTORS]:
        os.closerange(low, descriptor)
        low = descriptor + 1


def _tidy(scratch: str) -> None:
    """Kill what the judging process left running, remove what it left lying."""
    try:
        for _round in range(_ROUNDS):
            for child in _children():
                os.kill(child, signal.SIGKILL)
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                remove(scratch)
                remove(_unshared(scratch))
                return
    except OSError:
        pass
    os._exit(UNTIDY)


def _children() -> list[int]:
    """All processes whose parent is this one; what is orphaned becomes its child."""
    found = []
    for name in os.listdir("/proc"):
        try:
            # A process may call itself by bytes that are no text.
            fields = Path(f"/proc/{name}/stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue
        if name.isdigit() and int(fields[1]) == os.getpid():
            found.append(int(name))
    return found


def clear_shared() -> None:
    """Remove what judging processes left in the folder of shared memory, which they have in common without namespaces."""
    empty(_SHARED)
