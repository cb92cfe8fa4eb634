"""Links: how the worker reaches the process inside a container. Two kinds, chosen by ``transport``.

``socket``: the container connects to a Unix socket in a read-only folder of its own. Needs the same kernel.
``stream``: the container's attached standard input and output, wherever the engine is.
"""

from __future__ import annotations

import shutil
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from .engine import Container, ContainerSpec, Engine
from .errors import SandboxFailure
from .guest.relay import Relay
from .owner import runtime_folder

__all__ = ["Linker", "Transport", "relayed"]

Transport = Literal["auto", "socket", "stream"]

_START_PATIENCE = 30.0
_CHUNK = 256 * 1024


class Linker:
    """Starts containers and connects to them.

    Args:
        engine: Where they run.
        transport: ``auto`` takes sockets where the engine seems to share this machine's kernel.
    """

    def __init__(self, engine: Engine, transport: Transport) -> None:
        self._engine = engine
        self.transport = transport if transport != "auto" else ("socket" if engine.same_kernel else "stream")
        self._folder = runtime_folder()
        self._count = 0
        self._lock = threading.Lock()

    def close(self) -> None:
        """Remove the folder of sockets."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self, spec: ContainerSpec) -> tuple[Container, socket.socket]:
        """Start a container whose process connects back, and return both.

        Raises:
            SandboxFailure: It does not start, or does not connect.
        """
        return self._start_socket(spec) if self.transport == "socket" else self._start_stream(spec)

    def _start_socket(self, spec: ContainerSpec) -> tuple[Container, socket.socket]:
        with self._lock:
            self._count += 1
            folder = Path(self._folder, str(self._count))
        folder.mkdir()
        folder.chmod(0o711)  # the parent is closed to other users; the container sees this folder alone
        path = folder / "wire"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            path.chmod(0o666)
            listener.listen(1)
            container = self._engine.create(
                replace(spec, mount=str(folder), command=[*spec.command, "socket", "/run/grader/wire"])
            )
            try:
                self._engine.start(container)
                listener.settimeout(_START_PATIENCE)
                connection, _address = listener.accept()
                connection.settimeout(None)
            except (OSError, SandboxFailure) as error:
                self._engine.remove(container)
                raise SandboxFailure(f"the {spec.role} container does not connect: {error}") from None
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        return container, connection

    def _start_stream(self, spec: ContainerSpec) -> tuple[Container, socket.socket]:
        container = self._engine.create(replace(spec, interactive=True, command=[*spec.command, "stream"]))
        try:
            attached = self._engine.attach(container)
            self._engine.start(container)
        except SandboxFailure:
            self._engine.remove(container)
            raise
        near, far = socket.socketpair()
        _spawn(_inward, attached, far)
        _spawn(_outward, attached, far)
        return container, near


def relayed(stream: socket.socket) -> socket.socket:
    """A control socket over a container's stream: descriptors sent on it arrive there as connections."""
    ours, theirs = socket.socketpair()
    _spawn(_run_relay, stream, theirs)
    return ours


def _run_relay(stream: socket.socket, local: socket.socket) -> None:
    try:
        Relay(stream, local, 1).run()
    finally:
        stream.close()
        local.close()


def _spawn(function: Callable[..., None], *args: socket.socket) -> None:
    threading.Thread(target=function, args=args, daemon=True).start()


def _inward(attached: socket.socket, near: socket.socket) -> None:
    """From the container: strip the engine's framing (stream, three zero bytes, length)."""
    header = struct.Struct(">BxxxI")
    try:
        with attached.makefile("rb") as file:
            while len(head := file.read(header.size)) == header.size:
                stream, length = header.unpack(head)
                while length:
                    data = file.read(min(length, _CHUNK))
                    if not data:
                        return
                    length -= len(data)
                    if stream == 1:
                        near.sendall(data)
    except OSError:
        pass
    finally:
        _shut(near, socket.SHUT_WR)


def _outward(attached: socket.socket, near: socket.socket) -> None:
    try:
        while data := near.recv(_CHUNK):
            attached.sendall(data)
    except OSError:
        pass
    finally:
        _shut(attached, socket.SHUT_WR)


def _shut(sock: socket.socket, how: int) -> None:
    try:
        sock.shutdown(how)
    except OSError:
        pass
