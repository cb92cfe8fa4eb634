"""Streams: a container's attached standard input and output, as the engine frames them."""

from __future__ import annotations

import os
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from typing import Protocol

from .guest.relay import Relay

__all__ = ["plain", "relayed"]

_CHUNK = 256 * 1024
_HEADER = struct.Struct(">BxxxI")
"""Which stream, three zero bytes, how many bytes follow."""
_OUTPUT = 1


class _Attached:
    """An attached container as a relay's stream. One thread alone uses it, which TLS needs."""

    def __init__(self, attached: socket.socket) -> None:
        self._socket = attached
        attached.setblocking(False)
        self.reader, self.writer = attached.fileno(), os.dup(attached.fileno())
        self._arrived = bytearray()

    def receive(self) -> bytes:
        data = self._read()
        self._arrived += data
        output = bytearray()
        while len(self._arrived) >= _HEADER.size:
            stream, length = _HEADER.unpack_from(self._arrived)
            if len(self._arrived) < _HEADER.size + length:
                break
            if stream == _OUTPUT:
                output += memoryview(self._arrived)[_HEADER.size : _HEADER.size + length]
            del self._arrived[: _HEADER.size + length]
        if data and not output:
            raise BlockingIOError
        return bytes(output)

    def _read(self) -> bytes:
        try:
            data = self._socket.recv(_CHUNK)
            # What TLS has decrypted already shows on no descriptor.
            while isinstance(self._socket, ssl.SSLSocket) and (left := self._socket.pending()):
                data += self._socket.recv(left)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise BlockingIOError from None
        return data

    def send(self, data: bytes) -> int:
        try:
            return self._socket.send(data)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise BlockingIOError from None

    def end(self) -> None:
        """Say that nothing more is sent."""
        _shut(self._socket)

    def close(self) -> None:
        os.close(self.writer)
        self._socket.close()


class _Runs(Protocol):
    def run(self) -> None: ...


def relayed(attached: socket.socket) -> socket.socket:
    """A control socket over a container's stream: descriptors sent on it arrive there as connections."""
    return _bridged(attached, lambda stream, far: Relay(stream, far, 1))


def plain(attached: socket.socket) -> socket.socket:
    """A container's stream without the engine's frames."""
    return _bridged(attached, _Carrier)


def _bridged(attached: socket.socket, bridge: Callable[[_Attached, socket.socket], _Runs]) -> socket.socket:
    """The near end of what a thread of its own carries to and from a container's stream."""
    near, far = socket.socketpair()

    def run() -> None:
        stream = _Attached(attached)
        try:
            bridge(stream, far).run()
        finally:
            stream.close()
            far.close()

    threading.Thread(target=run, daemon=True).start()
    return near


class _Carrier:
    """Carries bytes both ways, until both sides have ended or one can't be written to.

    No more is taken from one side than the other takes, for it would be kept here.
    """

    def __init__(self, stream: _Attached, far: socket.socket) -> None:
        self._stream, self._far = stream, far
        far.setblocking(False)
        self._inward, self._outward = bytearray(), bytearray()
        self._comes = self._goes = True
        self._poll = select.poll()

    def run(self) -> None:
        while self._comes or self._goes or self._inward or self._outward:
            self._watch(self._stream.reader, select.POLLIN, self._comes and not self._inward)
            self._watch(self._stream.writer, select.POLLOUT, bool(self._outward))
            far = select.POLLIN * (self._goes and not self._outward) | select.POLLOUT * bool(self._inward)
            self._watch(self._far.fileno(), far, bool(far))
            ready = dict(self._poll.poll())
            for act in (self._send_inward, self._send_outward, self._take_outward, self._take_inward):
                try:
                    act(ready)
                except BlockingIOError:
                    pass
                except OSError:
                    return

    def _watch(self, descriptor: int, events: int, wanted: bool) -> None:
        # What is not wanted is not watched at all: the end of a connection is always told.
        if wanted:
            self._poll.register(descriptor, events)
        else:
            try:
                self._poll.unregister(descriptor)
            except KeyError:
                pass

    def _send_inward(self, ready: dict[int, int]) -> None:
        if self._inward and self._far.fileno() in ready:
            del self._inward[: self._far.send(self._inward)]
        self._tell_ends()

    def _send_outward(self, ready: dict[int, int]) -> None:
        if self._outward and self._stream.writer in ready:
            del self._outward[: self._stream.send(bytes(self._outward))]
        self._tell_ends()

    def _take_outward(self, ready: dict[int, int]) -> None:
        if self._goes and not self._outward and self._far.fileno() in ready:
            self._outward += (data := self._far.recv(_CHUNK))
            self._goes = bool(data)
            self._send_outward({self._stream.writer: 0})

    def _take_inward(self, ready: dict[int, int]) -> None:
        if self._comes and not self._inward and self._stream.reader in ready:
            self._inward += (data := self._stream.receive())
            self._comes = bool(data)
            self._send_inward({self._far.fileno(): 0})

    def _tell_ends(self) -> None:
        if not self._goes and not self._outward:
            self._stream.end()
        if not self._comes and not self._inward:
            _shut(self._far)


def _shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass
