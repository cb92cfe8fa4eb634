"""Links: how the worker reaches the process inside a container. Two kinds, chosen by ``transport``.

``socket``: the container connects to a Unix socket in a read-only folder of its own. Needs the same kernel.
``stream``: the container's attached standard input and output, wherever the engine is. Candidates and examiners meet by
themselves there, if they can (see ``places``).
"""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Literal

from .engine import Container, ContainerSpec, Engine
from .errors import EngineRefused, SandboxFailure
from .gauge import GaugeMeter, SharedGauge
from .meters import EngineMeter, Meter, local_meter
from .owner import FIRST_NAMESPACE, runtime_folder
from .places import EXAMINER, MeetingPlace
from .streams import plain, relayed

__all__ = ["Linker", "Transport"]

Transport = Literal["auto", "socket", "stream"]

_START_PATIENCE = 30.0
_LOOK_AGAIN = 2.0
_FIRM = 3
"""How often an engine has to refuse the same in a row."""


class Linker:
    """Starts containers and connects to them.

    Args:
        engine: Where they run.
        transport: ``auto`` takes sockets where the engine seems to share this machine's kernel, and streams where they
            turn out not to work.
    """

    def __init__(self, engine: Engine, transport: Transport) -> None:
        self._engine = engine
        self.transport = transport if transport != "auto" else ("socket" if engine.same_kernel else "stream")
        # Only an attempt shows whether the engine sees this machine's files: the worker may itself be in a container.
        self._may_fall_back = transport == "auto"
        # Others can't tell then whether this process is alive; its gauge shows it to them.
        self._away = not (engine.same_kernel and FIRST_NAMESPACE)
        self._folder = runtime_folder()
        self._count = 0
        self._failures = 0
        self._lock = threading.Lock()
        self._gauges = SharedGauge(engine, self.start)
        self._place = MeetingPlace(engine, EXAMINER)

    def close(self) -> None:
        """Remove the folder of sockets, the meeting place, and the gauge."""
        self._place.close()
        self._gauges.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self, spec: ContainerSpec, passes: bool = False) -> tuple[Container, socket.socket]:
        """Start a container whose process connects back.

        Args:
            spec: What to start.
            passes: Whether connections are passed over the connection to it.

        Raises:
            SandboxFailure: It does not start, or does not connect.
        """
        refusals: Counter[str] = Counter()
        while True:
            # Another thread may concede something meanwhile, or find that sockets do not work, which takes that back.
            conceded, transport = set(self._engine.concessions), self.transport
            try:
                return self._start(spec, passes)
            except EngineRefused as refusal:
                named = refusal.things - conceded
                refusals.update(named)
                if not named and self.transport == transport:
                    raise
                # What the engine goes on refusing, containers do without ('grader doctor' says so). Once is not enough: a
                # folder that is gone, or an engine short of something, is refused in the same words.
                self._concede({thing for thing in named if refusals[thing] >= _FIRM})

    def _start(self, spec: ContainerSpec, passes: bool) -> tuple[Container, socket.socket]:
        if self._away and spec.role != "gauge" and self._gauges.ready(spec.image) is not None:
            spec = replace(spec, kept=True)
        if self.transport == "stream":
            return self._start_stream(spec, passes)
        try:
            started = self._start_socket(spec)
        except EngineRefused:
            raise
        except SandboxFailure:
            if not self._may_fall_back:
                raise
            started = self._start_stream(spec, passes)  # if this fails as well, it is not for the sockets
            self._blame_sockets()
            return started
        self._may_fall_back = False
        return started

    def _blame_sockets(self) -> None:
        """Containers that did not start over sockets did over streams: if it is always so, nothing else is tried."""
        with self._lock:
            self._failures += 1
            if self._failures < _FIRM:
                return
            self.transport = "stream"
        self._concede(set())

    def _concede(self, things: set[str]) -> None:
        with self._lock:
            self._engine.concessions |= things
            if self.transport == "stream":
                # Whatever the engine said of the folder: it does not see the folder, and streams need none.
                self._engine.concessions.discard("mount flags")

    def _start_socket(self, spec: ContainerSpec) -> tuple[Container, socket.socket]:
        with self._lock:
            self._count += 1
            folder = Path(self._folder, str(self._count))
        try:
            return self._listen_in(folder, spec)
        except OSError as error:
            raise SandboxFailure(f"the {spec.role} container can't be reached: {error}") from None
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _listen_in(self, folder: Path, spec: ContainerSpec) -> tuple[Container, socket.socket]:
        folder.mkdir()
        folder.chmod(0o711)  # the parent is closed to other users; the container sees this folder alone
        path = folder / "wire"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            path.chmod(0o666)
            listener.listen(1)
            command = [*spec.command, "socket", "/run/grader/wire"]
            container = self._engine.create(replace(spec, mount=str(folder), command=command))
            try:
                self._engine.start(container)
                return container, self._accept(listener, container)
            except EngineRefused:
                self._engine.remove(container)
                raise
            except (OSError, SandboxFailure) as error:
                self._engine.remove(container)
                raise SandboxFailure(f"the {spec.role} container does not connect: {error}") from None

    def _accept(self, listener: socket.socket, container: Container) -> socket.socket:
        listener.settimeout(_LOOK_AGAIN)
        end = time.monotonic() + _START_PATIENCE
        while time.monotonic() < end:
            try:
                connection, _address = listener.accept()
            except TimeoutError:
                if self._engine.process_id(container) == 0:
                    raise SandboxFailure("its process ended at once") from None
                continue
            connection.settimeout(None)
            return connection
        raise SandboxFailure(f"no answer in {_START_PATIENCE:g} seconds")

    def _start_stream(self, spec: ContainerSpec, passes: bool) -> tuple[Container, socket.socket]:
        container = self._create(replace(spec, interactive=True, command=[*spec.command, "stream"]))
        try:
            attached = self._engine.attach(container)
            self._engine.start(container)
        except SandboxFailure:
            self._engine.remove(container)
            raise
        return container, relayed(attached) if passes else plain(attached)

    def _create(self, spec: ContainerSpec) -> Container:
        place = self._place.current(spec.image, spec.kept) if spec.role in ("candidate", "examiner") else None
        if place is not None:
            try:
                return self._engine.create(replace(spec, place=place))
            except SandboxFailure:
                container = self._engine.create(spec)  # if this fails as well, it is not for the meeting place
                self._place.lose(place)
                return container
        return self._engine.create(spec)

    def tell_meeting(self, met: bool) -> None:
        """Hear whether a candidate met its examiner by itself."""
        self._place.tell(met)

    def meter(self, container: Container, image: str) -> Meter:
        """What reads a running container's counters: where they can't be seen from here, a container beside it.

        Args:
            container: The container.
            image: A candidate's, for that other container.

        Raises:
            SandboxFailure: None works.
        """
        local = local_meter(self._engine, container)
        if local is not None:
            return local
        gauge = self._gauges.ready(image)
        first = gauge.read(container) if gauge is not None else None
        if gauge is None or first is None:
            return EngineMeter(self._engine, container)
        return GaugeMeter(gauge, container, first)
