"""Look at this machine: can it grade, safely and with times that mean something?"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sandboxes.candidate import Candidate, candidate_spec
from sandboxes.engine import Engine
from sandboxes.errors import EngineUnavailable, SandboxFailure
from sandboxes.examiner import Examiner
from sandboxes.guest.isolation.protection import Protection
from sandboxes.images.base import BASE, image_id
from sandboxes.images.build import ImageBuilder
from sandboxes.links import Linker, Transport
from sandboxes.meters import EngineMeter, Meter
from sandboxes.owner import stale_folders
from sandboxes.suite import Limits, Suite
from sandboxes.sweep import stale_containers, sweep

__all__ = ["Diagnosis", "concessions", "diagnose", "judging", "meeting"]

Level = Literal["good", "doubtful", "bad"]
_LOW_DISK = 5 * 2**30
_SCOPES_SINCE = 6
_NO_TESTS = Suite("probe", {}, frozenset(), "probe.py", {})
_FURTHER = "see 'Hardening further' in docs/operating.md"


@dataclass(frozen=True)
class Diagnosis:
    """One point.

    Attributes:
        point: What was looked at.
        level: ``good``, ``doubtful`` (it works, but) or ``bad`` (grading won't work, or not safely).
        found: What was found.
        advice: What to do, if anything.
    """

    point: str
    level: Level
    found: str
    advice: str = ""


def diagnose(
    fix: bool, runtime: str | None = None, on_progress: Callable[[str], None] = lambda text: None
) -> Iterator[Diagnosis]:
    """Look at everything, point by point; with ``fix``, build what is missing and remove what is left over."""
    yield Diagnosis("Python", "good", f"{platform.python_version()} on {platform.system()} {platform.release()}")
    yield from _data_folder()
    try:
        engine = Engine(runtime)
    except EngineUnavailable as error:
        yield Diagnosis("Docker Engine", "bad", str(error), _install_advice())
        return
    yield Diagnosis("Docker Engine", "good", f"{engine.version['Version']} (API {engine.version['ApiVersion']})")
    yield from _isolation(engine)
    yield from _accounting(engine)
    yield _left_over(engine, fix)
    yield _disk(engine)
    yield _load()
    yield from _sandbox(engine, fix, on_progress)


def _data_folder() -> Iterator[Diagnosis]:
    """The service's files, where there is a service."""
    try:
        from ..settings import load_settings
        from ..store.private import open_to_others
    except ModuleNotFoundError:
        return
    settings = load_settings()
    if settings.blobs_url:
        yield _object_storage(settings.blobs_url)
    data = settings.data
    if not data.is_dir():
        return
    found = list(open_to_others(data))
    if found:
        advice = f"run 'chmod go= {' '.join(map(str, found))}'"
        yield Diagnosis("data folder", "doubtful", f"open to other users: {', '.join(map(str, found))}", advice)
    else:
        yield Diagnosis("data folder", "good", f"{data} is closed to other users")


def _object_storage(url: str) -> Diagnosis:
    from ..store import BlobsUnavailable, open_blobs

    point = "object storage"
    try:
        open_blobs(url).check()
    except BlobsUnavailable as error:
        return Diagnosis(point, "bad", f"{url}: {error.strerror}", "see 'Files in object storage' in docs/operating.md")
    return Diagnosis(point, "good", f"{url} takes files")


def _isolation(engine: Engine) -> Iterator[Diagnosis]:
    options = " ".join(engine.info.get("SecurityOptions") or [])
    if "seccomp" in options and "unconfined" not in options:
        yield Diagnosis("system call filter", "good", "seccomp is on")
    else:
        yield Diagnosis("system call filter", "bad", "seccomp is off", "start the engine with its default seccomp profile")
    extra = [name for name in ("apparmor", "selinux", "userns", "rootless") if name in options]
    yield Diagnosis(
        "further confinement",
        "good" if extra else "doubtful",
        ", ".join(extra) or "none of AppArmor, SELinux, user namespaces, rootless",
        "" if extra else f"root in a container would be root on this machine: consider 'userns-remap'; {_FURTHER}",
    )
    default = engine.info.get("DefaultRuntime", "runc")
    yield Diagnosis(
        "runtime", "good", f"{default} by default; there are {', '.join(sorted(engine.info.get('Runtimes') or {}))}"
    )


def _accounting(engine: Engine) -> Iterator[Diagnosis]:
    info = engine.info
    yield Diagnosis("control groups", "good", f"version {info.get('CgroupVersion', '1')}, driver {info.get('CgroupDriver')}")
    for key, what in (("MemoryLimit", "memory limit"), ("PidsLimit", "process limit"), ("CpuCfsQuota", "CPU quota")):
        good = bool(info.get(key, True))
        yield Diagnosis(
            what, "good" if good else "bad", "enforced" if good else "not supported by this kernel",
            "" if good else "boot a kernel with this controller (for memory: cgroup_enable=memory)",
        )  # fmt: skip
    if not info.get("SwapLimit", True):
        swap = Path("/proc/swaps").read_text().count("\n") > 1 if Path("/proc/swaps").exists() else True
        if swap:
            yield Diagnosis(
                "swap limit",
                "doubtful",
                "not supported by this kernel, and there is swap",
                "boot with swapaccount=1, or a program may swap instead of running out of memory",
            )


def _left_over(engine: Engine, fix: bool) -> Diagnosis:
    containers, folders = len(stale_containers(engine)), len(stale_folders())
    if not containers and not folders:
        return Diagnosis("left over", "good", "nothing")
    found = f"{containers} containers and {folders} folders of graders that were killed"
    if fix:
        sweep(engine)
        return Diagnosis("left over", "good", f"removed {found}")
    return Diagnosis("left over", "doubtful", found, "'grader doctor --fix' removes them, and so does the next grading")


def _disk(engine: Engine) -> Diagnosis:
    folder = engine.info.get("DockerRootDir", "/var/lib/docker") if engine.same_kernel else str(Path.cwd())
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return Diagnosis("disk", "doubtful", f"{folder} can't be looked at by this user")
    low = free < _LOW_DISK
    advice = f"free some: images and layers live in {folder}" if low else ""
    return Diagnosis("disk", "doubtful" if low else "good", f"{free / 2**30:.0f} GiB free", advice)


def _load() -> Diagnosis:
    cpus = os.cpu_count() or 1
    if not hasattr(os, "getloadavg"):
        return Diagnosis("load", "doubtful", "can't be told here")
    load = os.getloadavg()[0]
    busy = load > cpus
    advice = "CPU times stay right, but gradings take longer and vary more" if busy else ""
    return Diagnosis("load", "doubtful" if busy else "good", f"{load:.1f} on {cpus} CPUs", advice)


def _sandbox(engine: Engine, fix: bool, on_progress: Callable[[str], None]) -> Iterator[Diagnosis]:
    if not fix and image_id(engine, os.environ.get("GRADER_BASE_IMAGE") or BASE) is None:
        yield Diagnosis("images", "bad", "not built", "run 'grader images build', or 'grader doctor --fix'")
        return
    try:
        builder = ImageBuilder(engine, on_progress)
        image = builder.candidate("")
        examiner = builder.examiner("", "")
        yield Diagnosis("images", "good", "built and up to date")
        yield from _probe(engine, image, examiner)
        protection = _protection(engine, examiner)
        yield from concessions(engine.concessions)
        yield judging(protection, " ".join(engine.info.get("SecurityOptions") or []))
    except SandboxFailure as failure:
        yield Diagnosis("sandbox", "bad", str(failure), "set this right first; then run 'grader doctor' again")


def _probe(engine: Engine, image: str, examiner_image: str) -> Iterator[Diagnosis]:
    """Start a real sandbox, over each transport that should work."""
    limits = Limits()
    transports: tuple[Transport, ...] = ("socket", "stream") if engine.same_kernel else ("stream",)
    for transport in transports:
        linker = Linker(engine, transport)
        try:
            candidate = Candidate(engine, linker, candidate_spec(image, limits), limits)
            try:
                yield from _loaded(engine, linker, examiner_image, candidate)
            finally:
                candidate.destroy()
        finally:
            linker.close()


def _loaded(engine: Engine, linker: Linker, image: str, candidate: Candidate) -> Iterator[Diagnosis]:
    """Let a candidate take its files, as in a grading."""
    examiner = Examiner(engine, linker, image, _NO_TESTS, parallel=1)
    try:
        candidate.load({"probe.py": b""}, examiner.expect(candidate))
        yield _counting(f"sandbox over {linker.transport}", candidate.meter)
        if linker.transport == "stream":
            yield meeting(met=isinstance(candidate.wire, str))
    finally:
        examiner.destroy()


def meeting(met: bool) -> Diagnosis:
    """How calls cross over streams.

    Args:
        met: Whether candidate and examiner met by themselves.
    """
    point = "calls over stream"
    if met:
        return Diagnosis(point, "good", "straight from examiner to candidate")
    advice = "many calls take twice as long: the engine makes no volume in memory through which two containers can connect"
    return Diagnosis(point, "doubtful", "each goes through the engine four times", advice)


def _counting(point: str, meter: Meter) -> Diagnosis:
    """Whether a container's counters can be read, and from where."""
    reading = meter.read()
    slow = isinstance(meter, EngineMeter)
    counter = "the engine's statistics" if slow else "the kernel's counters"
    if not (reading.cpu_time > 0 and reading.peak_memory > 0):
        return Diagnosis(point, "bad", "no counters", f"{counter} can't be read: CPU limits would not work")
    if slow:
        advice = (
            "each reading takes up to a second: a grading takes a minute. Containers can't see /sys/fs/cgroup of the engine"
        )
        return Diagnosis(point, "doubtful", f"works, measured by {counter}", advice)
    return Diagnosis(point, "good", f"works, measured by {counter}")


def _protection(engine: Engine, image: str) -> Protection:
    """What an examiner finds that keeps its gradings apart."""
    linker = Linker(engine, "auto")
    try:
        examiner = Examiner(engine, linker, image, _NO_TESTS, parallel=1)
        examiner.destroy()
        return examiner.protection
    finally:
        linker.close()


def concessions(refused: set[str]) -> Iterator[Diagnosis]:
    """What containers have, and what they do without because the engine refused it (see ``Engine``)."""
    if "filter" in refused:
        advice = f"programs may make more system calls than they need; {_FURTHER}"
        yield Diagnosis("filter of containers", "doubtful", "the engine's own: it did not take the grader's", advice)
    else:
        yield Diagnosis("filter of containers", "good", "the grader's own list of system calls")
    if "mount flags" in refused:
        found = "the folder of the socket lacks nosuid, nodev, noexec: the engine makes no such volumes"
        yield Diagnosis(
            "mounts of containers", "doubtful", found, "nothing can be written there; another engine would close it"
        )
    else:
        yield Diagnosis("mounts of containers", "good", "nosuid, nodev, noexec")


def judging(protection: Protection, options: str) -> Diagnosis:
    """What keeps apart the processes that judge submissions at a time.

    Args:
        protection: As an examiner told it.
        options: The engine's security options.
    """
    point = "gradings at a time"
    landlock = f"Landlock {protection.landlock}" if protection.landlock else "no Landlock"
    if protection.namespaces and protection.filter:
        proc = "" if protection.own_proc else ", but in sight of each other in /proc"
        return Diagnosis(point, "good", f"kept apart by namespaces{proc}; {landlock}")
    cause = "under the engine's AppArmor profile" if "apparmor" in options else "here"
    advice = f"nested namespaces are not allowed {cause}; {_FURTHER}"
    if not protection.landlock:
        return Diagnosis(point, "bad", "nothing keeps the processes that judge submissions apart", advice)
    rest = "share a quota of files and the local network"
    if protection.landlock < _SCOPES_SINCE:
        rest += ", and can end each other (Linux 6.12 closes that)"
    return Diagnosis(point, "doubtful", f"kept apart by {landlock} alone: they {rest}", advice)


def _install_advice() -> str:
    if sys.platform == "linux":
        return "install one (Debian and Ubuntu: 'apt-get install docker.io'), or run 'make engine' in the checkout"
    return "install Docker Desktop and start it"
