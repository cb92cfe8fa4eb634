"""The Docker Engine. The one module that starts, inspects and ends containers."""

from __future__ import annotations

import platform
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import docker
import docker.errors
import docker.types
import docker.utils
import requests

from .errors import EngineRefused, EngineUnavailable, SandboxFailure
from .guest.gauge import COUNTERS
from .guest.meeting import MEETING_PLACE
from .owner import HOST, owner
from .profile import profile
from .view import HIDDEN, HIDDEN_WHERE_NESTED

__all__ = ["LABEL", "Container", "ContainerSpec", "Engine", "ExitState", "Owned"]

LABEL = "org.grader.sandbox"
_HOST_LABEL = "org.grader.host"
_OWNER_LABEL = "org.grader.owner"
_KEPT_LABEL = "org.grader.kept"
_TIMEOUT = 120
_PLACE = "size=64k,nr_inodes=2000,mode=0311,nosuid,nodev,noexec"
"""How a meeting place is mounted: nobody, not even who makes sockets there, needs their names listed."""
_SIGNS = {"seccomp": "filter", "volume": "mount flags"}
"""What an engine's refusal names, and what to do without if it goes on refusing."""


@dataclass(frozen=True)
class ContainerSpec:
    """A container to be.

    Attributes:
        image: Image reference.
        role: ``candidate``, ``examiner``, ``gauge``, ``place`` or ``reader``.
        command: Arguments after the interpreter.
        user: Numeric user and group.
        memory: Bytes, swap included.
        processes: Processes and threads at once.
        tmpfs: Size in bytes by mount point; nothing else can be written to.
        mount: Host folder to show read-only at ``/run/grader``, or ``None``.
        interactive: Whether standard input is attached.
        cpus: CPUs it may use at once.
        nests: Whether its program makes namespaces in it: then it may mount within them, and ``/proc`` is not masked, since
            the kernel lets nobody mount a whole one who does not see a whole one.
        kept: Whether a gauge of its maker lives as long as its maker does (see ``sweep``).
        sees_counters: Whether the control groups of the engine's machine are shown to it, read-only.
        opens: User for whom a meeting place is made with the container: a folder in memory in which this user may make
            sockets, and nobody else anything, nor list them.
        place: Container whose meeting place is shown to this one.
        reaps: Whether its program waits for what others leave; else an init of the engine does.
    """

    image: str
    role: str
    command: Sequence[str]
    user: int
    memory: int
    processes: int
    tmpfs: dict[str, int]
    mount: str | None = None
    interactive: bool = False
    cpus: float = 1.0
    nests: bool = False
    kept: bool = False
    sees_counters: bool = False
    opens: int | None = None
    place: Container | None = None
    reaps: bool = False


@dataclass(frozen=True)
class ExitState:
    """How a container ended.

    Attributes:
        code: Exit status of its main process, 128 + n for signal n.
        out_of_memory: Whether the kernel killed something in it for want of memory.
    """

    code: int
    out_of_memory: bool


@dataclass(frozen=True)
class Container:
    """A created container.

    Attributes:
        id: Its id.
        place: The container whose meeting place it sees.
    """

    id: str
    place: Container | None = None


@dataclass(frozen=True)
class Owned:
    """A sandbox container on the engine, whoever made it.

    Attributes:
        container: The container.
        host: Where its maker is, or was; see ``owner.HOST``.
        owner: Its maker; see ``owner.owner``.
        role: As in its ``ContainerSpec``.
        kept: As in its ``ContainerSpec``.
        running: Whether it runs.
        made: When it was made, in seconds since 1970 by the engine's clock.
    """

    container: Container
    host: str
    owner: str
    role: str
    kept: bool
    running: bool
    made: int


class _Client(docker.APIClient):
    """Believes the authority that it was given, and none that the environment names for the web (REQUESTS_CA_BUNDLE)."""

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        return super().merge_environment_settings(url, proxies, stream, self.verify if verify is None else verify, cert)


class Engine:
    """A connection to the Docker Engine that the environment names (``DOCKER_HOST``), one for each thread.

    Args:
        runtime: OCI runtime to use (``runc``, ``runsc``, ``kata``), or ``None`` for the engine's default.

    Attributes:
        concessions: What containers do without because this engine refused it: ``filter``, the filter of system calls of
            ours; ``mount flags``, for the folder with the socket; ``nesting``, namespaces within containers.

    Raises:
        EngineUnavailable: None answers.
    """

    def __init__(self, runtime: str | None = None) -> None:
        self._runtime = runtime
        self._local = threading.local()
        try:
            self.info: dict[str, Any] = self.api.info()
            self.version: dict[str, Any] = self.api.version()
        except (docker.errors.DockerException, requests.RequestException) as error:
            raise EngineUnavailable(_advice(error)) from None
        self.concessions: set[str] = set() if self._filters else {"filter"}

    @property
    def _filters(self) -> bool:
        return any("seccomp" in option for option in self.info.get("SecurityOptions") or [])

    @property
    def api(self) -> docker.APIClient:
        """This thread's client."""
        client = getattr(self._local, "client", None)
        if client is None:
            try:
                client = self._local.client = _Client(timeout=_TIMEOUT, **docker.utils.kwargs_from_env())
            except docker.errors.DockerException as error:
                raise EngineUnavailable(_advice(error)) from None
        return client

    @property
    def same_kernel(self) -> bool:
        """Whether containers seem to run on this machine's kernel, so that sockets and counters can be shared."""
        local = self.api.base_url.startswith(("http+docker://localhost", "http+unix://"))
        return local and platform.system() == "Linux" and self.info.get("KernelVersion") == platform.release()

    def create(self, spec: ContainerSpec) -> Container:
        """Create a hardened container, not yet started."""
        return self._try(self._create, spec)

    @property
    def nests(self) -> bool:
        """Whether programs in containers may make namespaces, as far as is known."""
        return not self.concessions & {"filter", "nesting"}

    def _security_options(self, spec: ContainerSpec) -> list[str]:
        options = ["no-new-privileges"]
        return options if "filter" in self.concessions else [*options, f"seccomp={profile(spec.nests and self.nests)}"]

    def _mounts(self, spec: ContainerSpec) -> list[docker.types.Mount]:
        mounts = [self._mount(spec.mount)] if spec.mount else []
        if spec.opens is not None:
            options = {"type": "tmpfs", "device": "tmpfs", "o": f"{_PLACE},uid={spec.opens},gid={spec.opens}"}
            driver = docker.types.DriverConfig("local", options)
            mounts.append(docker.types.Mount(MEETING_PLACE, None, type="volume", no_copy=True, driver_config=driver))
        if spec.sees_counters:
            mounts.append(docker.types.Mount(COUNTERS, "/sys/fs/cgroup", type="bind", read_only=True))
        return mounts

    def _mount(self, folder: str) -> docker.types.Mount:
        if "mount flags" in self.concessions:
            return docker.types.Mount(MEETING_PLACE, folder, type="bind", read_only=True)
        # Bind mounts have no such options, but take them from what they show: so it is a volume of its own, which goes
        # with the container. Were it marked read-only here as well, it would be mounted again without the other flags.
        options = {"type": "none", "o": "bind,ro,nosuid,nodev,noexec", "device": folder}
        driver = docker.types.DriverConfig("local", options)
        return docker.types.Mount(MEETING_PLACE, None, type="volume", no_copy=True, driver_config=driver)

    def _create(self, spec: ContainerSpec) -> Container:
        api = self.api
        limits = {"core": 0, "nofile": 1024, "fsize": max(spec.tmpfs.values(), default=0)}
        host_config = api.create_host_config(
            network_mode="none",
            cap_drop=["ALL"],
            security_opt=self._security_options(spec),
            read_only=True,
            tmpfs={path: f"size={size},nr_inodes=20000,mode=1777,nosuid,nodev,noexec" for path, size in spec.tmpfs.items()},
            mounts=self._mounts(spec),
            # Marked read-only here it would be mounted again without the other flags; its mode lets nobody else write.
            volumes_from=[spec.place.id] if spec.place else None,
            mem_limit=spec.memory,
            memswap_limit=spec.memory,
            pids_limit=spec.processes,
            nano_cpus=int(min(spec.cpus, self.info.get("NCPU", 1)) * 1e9),
            ulimits=[docker.types.Ulimit(name=name, soft=value, hard=value) for name, value in limits.items()],
            ipc_mode="private",
            shm_size=16 * 1024 * 1024,
            init=not spec.reaps,
            log_config=docker.types.LogConfig(type="none"),
            oom_score_adj=500,
            runtime=self._runtime,
        )
        host_config |= {"MaskedPaths": list(HIDDEN)}
        if spec.nests and self.nests:
            host_config |= {"MaskedPaths": list(HIDDEN_WHERE_NESTED), "ReadonlyPaths": []}
        created = api.create_container(
            spec.image,
            command=["python3", *spec.command],
            user=f"{spec.user}:{spec.user}",
            working_dir="/",
            hostname="sandbox",
            network_disabled=True,
            stdin_open=spec.interactive,
            labels={LABEL: spec.role, _HOST_LABEL: HOST, _OWNER_LABEL: owner()} | ({_KEPT_LABEL: ""} if spec.kept else {}),
            host_config=host_config,
        )
        return Container(created["Id"], spec.place)

    def attach(self, container: Container) -> socket.socket:
        """Connect to a container's standard input and output; what comes is framed by the engine."""
        params = {"stdin": 1, "stdout": 1, "stderr": 0, "stream": 1}
        stream = self._try(self.api.attach_socket, container.id, params)
        return getattr(stream, "_sock", stream)

    def start(self, container: Container) -> None:
        """Start a created container."""
        self._try(self.api.start, container.id)

    def process_id(self, container: Container) -> int:
        """Process id of the container's first process, as the engine's kernel counts; 0 when it is not running."""
        return int(self._try(self.api.inspect_container, container.id)["State"]["Pid"])

    def exit_state(self, container: Container, patience: int) -> ExitState | None:
        """How the container ended, or ``None`` if it still runs after ``patience`` seconds.

        Raises:
            EngineUnavailable: The engine does not answer.
        """
        try:
            self.api.wait(container.id, timeout=patience)
        except (requests.ReadTimeout, requests.ConnectionError):
            self._try(self.api.ping)  # a silent engine says nothing of the container
            return None
        except docker.errors.NotFound:
            return ExitState(137, False)
        state = self._try(self.api.inspect_container, container.id)["State"]
        return ExitState(int(state["ExitCode"]), bool(state["OOMKilled"]))

    def counters(self, container: Container) -> dict[str, Any]:
        """The engine's own account of what a container used (one sample)."""
        return self._try(self.api.stats, container.id, stream=False, one_shot=True)

    def remove(self, container: Container) -> None:
        """Kill and remove a container, whatever state it is in."""
        try:
            self.api.remove_container(container.id, force=True, v=True)
        except docker.errors.NotFound:
            pass
        except docker.errors.APIError as error:
            if error.status_code != 409:  # removal is under way already
                raise SandboxFailure(f"a container could not be removed: {error.explanation}") from None
        except requests.RequestException as error:
            raise EngineUnavailable(_advice(error)) from None

    def owned(self) -> list[Owned]:
        """All sandbox containers on the engine."""
        return [
            Owned(
                Container(entry["Id"]),
                entry["Labels"].get(_HOST_LABEL, ""),
                entry["Labels"].get(_OWNER_LABEL, ""),
                entry["Labels"].get(LABEL, ""),
                _KEPT_LABEL in entry["Labels"],
                entry["State"] == "running",
                int(entry["Created"]),
            )
            for entry in self._try(self.api.containers, all=True, filters={"label": LABEL})
        ]

    def _try(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except docker.errors.ImageNotFound as error:
            raise SandboxFailure(f"a sandbox image is missing ({error.explanation}): run 'grader images build'") from None
        except docker.errors.DockerException as error:
            things = frozenset(thing for sign, thing in _SIGNS.items() if sign in str(error))
            if things:
                raise EngineRefused(f"the Docker Engine refused: {error}", things) from None
            raise SandboxFailure(f"the Docker Engine refused: {error}") from None
        except requests.RequestException as error:
            raise EngineUnavailable(_advice(error)) from None


def _advice(error: Exception) -> str:
    text = str(error)
    if "Permission denied" in text or "PermissionError" in text:
        return "the Docker Engine may not be used by this user: add the user to the group 'docker', then log in again"
    return f"no Docker Engine answers ({text.splitlines()[0][:200]}): start it, or run 'grader doctor' to see what is wrong"
