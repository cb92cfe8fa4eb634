"""Streams: a container's attached standard input and output, as the engine frames them."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable

from .guest.relay import Relay

__all__ = ["plain", "relayed"]

_CHUNK = 256 * 1024
_HEADER = struct.Struct(">BxxxI")
"""Which stream, three zero bytes, how many bytes follow."""
_OUTPUT = 1


class _Attached:
    """An attached container as a relay's stream."""

    def __init__(self, attached: socket.socket) -> None:
        self._socket = attached
        attached.setblocking(False)
        self.reader, self.writer = attached.fileno(), os.dup(attached.fileno())
        self._arrived = bytearray()

    def receive(self) -> bytes:
        data = self._socket.recv(_CHUNK)
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

    def send(self, data: bytes) -> int:
        return self._socket.send(data)

    def close(self) -> None:
        os.close(self.writer)
        self._socket.close()


def relayed(attached: socket.socket) -> socket.socket:
    """A control socket over a container's stream: descriptors sent on it arrive there as connections."""
    ours, theirs = socket.socketpair()
    _spawn(_run_relay, attached, theirs)
    return ours


def _run_relay(attached: socket.socket, local: socket.socket) -> None:
    stream = _Attached(attached)
    try:
        Relay(stream, local, 1).run()
    finally:
        stream.close()
        local.close()


def plain(attached: socket.socket) -> socket.socket:
    """A container's stream without the engine's frames."""
    near, far = socket.socketpair()
    _spawn(_inward, attached, far)
    _spawn(_outward, attached, far)
    return near


def _spawn(function: Callable[..., None], *args: socket.socket) -> None:
    threading.Thread(target=function, args=args, daemon=True).start()


def _inward(attached: socket.socket, near: socket.socket) -> None:
    """From the container."""
    try:
        with attached.makefile("rb") as file:
            while len(head := file.read(_HEADER.size)) == _HEADER.size:
                stream, length = _HEADER.unpack(head)
                while length:
                    data = file.read(min(length, _CHUNK))
                    if not data:
                        return
                    length -= len(data)
                    if stream == _OUTPUT:
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
