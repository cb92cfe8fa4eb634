"""The gauge: a container of ours that reads the counters of others, where they can't be seen from here.

The engine may run in a virtual machine, on another host, or outside of the container that the worker is in. Its statistics
take up to a second a reading; the kernel's files, read where the kernel is, take as long as a message.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from .engine import Container, ContainerSpec, Engine
from .errors import EngineUnavailable, SandboxFailure
from .guest.counters import Reading
from .guest.wire.errors import ProtocolViolation, WireClosed
from .guest.wire.frames import FrameStream, pack, unpack

__all__ = ["Gauge", "GaugeMeter", "SharedGauge", "gauge_spec"]

_USER = 10003
_MEMORY = 64 * 1024 * 1024
_PROCESSES = 8
_PATIENCE = 30.0
"""Seconds."""
_FIRM = 3
"""How often it has to fail to start."""

_T = TypeVar("_T")


def gauge_spec(image: str) -> ContainerSpec:
    """The container of a gauge.

    Args:
        image: A candidate's; nothing but our own code runs in it.
    """
    return ContainerSpec(
        image=image,
        role="gauge",
        command=["-m", "sandboxes.guest.gauge"],
        user=_USER,
        memory=_MEMORY,
        processes=_PROCESSES,
        tmpfs={},
        kept=True,
        sees_counters=True,
    )


class Gauge:
    """A started gauge; another is started when it is lost. Thread-safe.

    Args:
        engine: Where it runs.
        start: Starts its container.

    Raises:
        SandboxFailure: It does not start.
    """

    def __init__(self, engine: Engine, start: Callable[[], tuple[Container, socket.socket]]) -> None:
        self._engine = engine
        self._start = start
        self._lock = threading.Lock()
        self._closed = False
        self._started: tuple[Container, socket.socket] | None = None
        self._stream = self._open()

    def _open(self) -> FrameStream:
        self._started = _container, connection = self._start()
        stream = FrameStream(connection.fileno(), connection.fileno(), patience=_PATIENCE, on_silence=_give_up)
        try:
            unpack(stream.receive())
        except (WireClosed, ProtocolViolation) as error:
            self._remove()
            raise SandboxFailure(f"the container that reads counters did not start: {error}") from None
        return stream

    def read(self, container: Container) -> Reading | None:
        """The counters of a container; ``None`` when it has ended, or has none that can be seen.

        Raises:
            SandboxFailure: The gauge is lost, and so is the one that took its place.
        """

        def exchange() -> Reading | None:
            self._stream.send(pack({"do": "read", "container": container.id}))
            answer: Any = unpack(self._stream.receive())
            return None if answer["reading"] is None else Reading(*answer["reading"])

        return self._try(exchange)

    def start_peak(self, container: Container) -> None:
        """Let the peak of memory of a container be that from now on.

        Raises:
            SandboxFailure: As above.
        """
        self._try(lambda: self._stream.send(pack({"do": "start_peak", "container": container.id})))

    def _try(self, exchange: Callable[[], _T]) -> _T:
        with self._lock:
            if self._closed:
                raise SandboxFailure("the container that reads counters is closed")
            try:
                if self._started is not None:
                    return exchange()
            except (WireClosed, ProtocolViolation):
                self._remove()
            self._stream = self._open()
            try:
                return exchange()
            except (WireClosed, ProtocolViolation) as error:
                self._remove()
                raise SandboxFailure(f"the counters of containers can't be read: {error}") from None

    def _remove(self) -> None:
        if self._started is not None:
            (container, connection), self._started = self._started, None
            connection.close()
            self._engine.remove(container)

    def close(self) -> None:
        """Remove its container."""
        with self._lock:
            self._closed = True
            self._remove()


class SharedGauge:
    """The one gauge of a grader, started when it is first needed. Thread-safe.

    Args:
        engine: Where it runs.
        start: Starts a container and connects to it.
    """

    def __init__(self, engine: Engine, start: Callable[[ContainerSpec], tuple[Container, socket.socket]]) -> None:
        self._engine = engine
        self._start = start
        self._lock = threading.Lock()
        self._gauge: Gauge | None = None
        self._failures = 0

    def ready(self, image: str) -> Gauge | None:
        """The gauge; ``None`` where an engine has refused to show its control groups again and again.

        Args:
            image: As for ``gauge_spec``.

        Raises:
            EngineUnavailable: The engine does not answer.
        """
        with self._lock:
            if self._gauge is None and self._failures < _FIRM:
                try:
                    self._gauge = Gauge(self._engine, lambda: self._start(gauge_spec(image)))
                except EngineUnavailable:
                    raise
                except SandboxFailure:
                    self._failures += 1
            return self._gauge

    def close(self) -> None:
        """Remove its container."""
        with self._lock:
            if self._gauge is not None:
                self._gauge.close()


class GaugeMeter:
    """What a gauge reads of one container.

    Args:
        gauge: The gauge.
        container: The container.
        first: What was read of it first.
    """

    interval = 0.02

    def __init__(self, gauge: Gauge, container: Container, first: Reading) -> None:
        self._gauge = gauge
        self._container = container
        self._last = first

    def read(self) -> Reading:
        self._last = self._gauge.read(self._container) or self._last
        return self._last

    def start_peak(self) -> None:
        self._gauge.start_peak(self._container)


def _give_up() -> None:
    raise WireClosed(f"no answer in {_PATIENCE:g} seconds")
