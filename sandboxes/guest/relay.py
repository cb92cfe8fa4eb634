"""Sockets through a pipe: carries control connections, and the connections passed over them, through one byte stream.

Where worker and containers do not share a kernel, no socket can be passed. A relay at each end then makes it look as if:
whatever goes into channel 0 comes out of it on the other side, and for each descriptor passed along with some bytes a new
channel is opened, whose far end is passed along with the same bytes there. Specified in docs/wire.md.
"""

from __future__ import annotations

import os
import select
import selectors
import socket
import struct
import time
from typing import Protocol

from .wire.control import receive_with_descriptors
from .wire.frames import MAX_FRAME

__all__ = ["Pipes", "Relay", "Stream", "serve_streams"]

_HEADER = struct.Struct(">BII")
_DATA, _CLOSE, _PASS = range(3)
_CHUNK = 256 * 1024
_LAST_PATIENCE = 5.0
"""Seconds that a receiver has for what waits for it when the stream ends."""
_MAX_WAITING = 2 * MAX_FRAME
"""Bytes kept for a receiver that does not read; no honest one lets more than a frame wait."""


class Stream(Protocol):
    """What carries everything. Neither call waits.

    Attributes:
        reader: Descriptor that can be read when there is something.
        writer: Descriptor that can be written to when there is room; another one.
    """

    reader: int
    writer: int

    def receive(self) -> bytes:
        """Some bytes; none at the end of the stream.

        Raises:
            BlockingIOError: Nothing has arrived.
        """
        ...

    def send(self, data: bytes) -> int:
        """How many of these bytes were taken.

        Raises:
            BlockingIOError: There is no room.
        """
        ...


class Pipes:
    """A stream over two descriptors."""

    def __init__(self, reader: int, writer: int) -> None:
        self.reader, self.writer = reader, writer
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)

    def receive(self) -> bytes:
        return os.read(self.reader, _CHUNK)

    def send(self, data: bytes) -> int:
        return os.write(self.writer, data)


class Relay:
    """One end of the relayed stream.

    Args:
        stream: Carries everything.
        local: Socket of channel 0.
        first_channel: First number for channels opened here; the sides count odd and even.
    """

    def __init__(self, stream: Stream, local: socket.socket, first_channel: int) -> None:
        self._stream = stream
        self._channels: dict[int, socket.socket] = {0: local}
        self._numbers: dict[socket.socket, int] = {local: 0}
        self._next_channel = first_channel
        self._arrived = bytearray()
        self._leaving = bytearray()
        self._waiting: dict[socket.socket, bytearray] = {local: bytearray()}
        self._closing: set[socket.socket] = set()
        self._selector = selectors.DefaultSelector()
        self._selector.register(stream.reader, selectors.EVENT_READ)
        local.setblocking(False)
        self._selector.register(local, selectors.EVENT_READ)

    def run(self) -> None:
        """Carry bytes until the stream or channel 0 ends, and deliver what arrived before."""
        try:
            self._carry()
        finally:
            self._flush()

    def _carry(self) -> None:
        while 0 in self._channels:
            for key, events in self._selector.select():
                if not self._serve(key.fileobj, events):
                    return

    def _serve(self, ready: object, events: int) -> bool:
        """Move what can be moved; whether the stream still lasts."""
        if ready == self._stream.reader:
            return self._read_stream()
        if ready == self._stream.writer:
            self._write_stream()
        elif isinstance(ready, socket.socket):
            if events & selectors.EVENT_WRITE and ready in self._numbers:
                self._write(ready)
            if events & selectors.EVENT_READ and ready in self._numbers:
                self._read(ready)
        return True

    def _read_stream(self) -> bool:
        try:
            data = self._stream.receive()
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._arrived += data
        self._take_frames()
        return bool(data)

    def _read(self, sock: socket.socket) -> None:
        try:
            data, descriptors = receive_with_descriptors(sock, _CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        channel = self._numbers[sock]
        if not data:
            self._frame(_CLOSE, channel, b"")
            self._drop(channel)
        elif descriptors:
            opened = [self._open(socket.socket(fileno=descriptor)) for descriptor in descriptors]
            self._frame(_PASS, channel, struct.pack(f">B{len(opened)}I", len(opened), *opened) + data)
        else:
            self._frame(_DATA, channel, data)

    def _open(self, sock: socket.socket, channel: int | None = None) -> int:
        if channel is None:
            channel, self._next_channel = self._next_channel, self._next_channel + 2
        sock.setblocking(False)
        self._channels[channel] = sock
        self._numbers[sock] = channel
        self._waiting[sock] = bytearray()
        self._selector.register(sock, selectors.EVENT_READ)
        return channel

    def _drop(self, channel: int) -> None:
        sock = self._channels.pop(channel, None)
        if sock is None:
            return
        del self._numbers[sock]
        del self._waiting[sock]
        self._closing.discard(sock)
        self._selector.unregister(sock)
        sock.close()

    def _frame(self, kind: int, channel: int, data: bytes) -> None:
        self._leaving += _HEADER.pack(kind, channel, len(data)) + data
        self._write_stream()

    def _take_frames(self) -> None:
        while len(self._arrived) >= _HEADER.size:
            kind, channel, length = _HEADER.unpack_from(self._arrived)
            if len(self._arrived) < _HEADER.size + length:
                return
            data = bytes(memoryview(self._arrived)[_HEADER.size : _HEADER.size + length])
            del self._arrived[: _HEADER.size + length]
            sock = self._channels.get(channel)
            if sock is None:
                continue
            if kind == _DATA:
                self._send(sock, data)
            elif kind == _CLOSE:
                self._closing.add(sock)  # once it has what waits for it
                self._write(sock)
            else:
                self._pass(sock, data)

    def _pass(self, sock: socket.socket, data: bytes) -> None:
        (count,) = struct.unpack_from(">B", data)
        far_ends = []
        for channel in struct.unpack_from(f">{count}I", data, 1):
            near, far = socket.socketpair()
            self._open(near, channel)
            far_ends.append(far)
        rest = data[1 + 4 * count :]
        # Descriptors must arrive with the bytes they belong to, so what waits goes first, by waiting for the reader.
        sock.setblocking(True)
        sock.sendall(self._waiting[sock])
        self._waiting[sock].clear()
        sent = socket.send_fds(sock, [rest], [far.fileno() for far in far_ends])
        sock.sendall(rest[sent:])
        sock.setblocking(False)
        for far in far_ends:
            far.close()

    def _write_stream(self) -> None:
        leaving, writer = self._leaving, self._stream.writer
        try:
            while leaving:
                del leaving[: self._stream.send(memoryview(leaving)[:_CHUNK].tobytes())]
        except BlockingIOError:
            pass
        except OSError:
            leaving.clear()
        if leaving and writer not in self._selector.get_map():
            self._selector.register(writer, selectors.EVENT_WRITE)
        elif not leaving and writer in self._selector.get_map():
            self._selector.unregister(writer)

    def _send(self, sock: socket.socket, data: bytes) -> None:
        waiting = self._waiting[sock]
        waiting += data
        self._write(sock)
        if sock in self._waiting and len(waiting) > _MAX_WAITING:
            self._frame(_CLOSE, self._numbers[sock], b"")
            self._drop(self._numbers[sock])

    def _write(self, sock: socket.socket) -> None:
        waiting = self._waiting[sock]
        try:
            while waiting:
                del waiting[: sock.send(memoryview(waiting)[:_CHUNK].tobytes())]
        except BlockingIOError:
            pass
        except OSError:
            waiting.clear()
        if not waiting and sock in self._closing:
            self._drop(self._numbers[sock])
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if waiting else 0)
        if self._selector.get_key(sock).events != events:
            self._selector.modify(sock, events)

    def _flush(self) -> None:
        for sock, waiting in self._waiting.items():
            sock.settimeout(_LAST_PATIENCE)
            try:
                sock.sendall(waiting)
            except OSError:
                pass  # nobody is there to read it, or does
        for channel in list(self._channels):
            self._drop(channel)
        end = time.monotonic() + _LAST_PATIENCE
        while self._leaving and (left := end - time.monotonic()) > 0:
            select.select([], [self._stream.writer], [], left)
            self._write_stream()


def serve_streams() -> socket.socket:
    """Relay standard input and output in a child process; returns the socket of channel 0."""
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        ours.close()
        Relay(Pipes(0, 1), theirs, 2).run()
        os._exit(0)
    theirs.close()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return ours
