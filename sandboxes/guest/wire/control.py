"""Control messages between worker and examiner: frames that may carry file descriptors (SCM_RIGHTS)."""

from __future__ import annotations

import array
import secrets
import socket
import struct
from collections import deque
from collections.abc import Sequence
from typing import Any

from .errors import ProtocolViolation, WireClosed
from .frames import pack, unpack

__all__ = ["MAX_CONTROL_FRAME", "Control", "receive_with_descriptors"]

MAX_CONTROL_FRAME = 64 * 1024 * 1024
"""Largest control message, in bytes; the examiner's largest is a report of one test, the worker's a set of files."""

_HEADER = struct.Struct(">I")
_MAX_DESCRIPTORS = 8


def receive_with_descriptors(sock: socket.socket, size: int) -> tuple[bytes, list[int]]:
    """Receive up to ``size`` bytes and the file descriptors that came with them. ``b""`` means end of stream."""
    descriptors = array.array("i")
    data, ancillary, _flags, _address = sock.recvmsg(
        size, socket.CMSG_LEN(_MAX_DESCRIPTORS * descriptors.itemsize), socket.MSG_CMSG_CLOEXEC
    )
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            whole = len(payload) - len(payload) % descriptors.itemsize
            descriptors.frombytes(payload[:whole])
    return data, list(descriptors)


class Control:
    """One end of a control connection over a Unix socket. Not thread-safe.

    Attributes:
        socket: The connection, for ``select``.
        key: What each message that is sent carries, if anything: that it comes from who was given the key, and not from
            whoever writes to a file by its number.
        expected: What each message that comes has to carry.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.key = b""
        self.expected = b""
        self._buffer = bytearray()
        self._descriptors: deque[int] = deque()

    def fileno(self) -> int:
        return self.socket.fileno()

    def close(self) -> None:
        self.socket.close()

    def send(self, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        """Send one message, with descriptors.

        Raises:
            WireClosed: The other side is gone.
        """
        payload = pack({**message, "descriptors": len(descriptors), "from": self.key})
        data = _HEADER.pack(len(payload)) + payload
        try:
            if descriptors:
                sent = socket.send_fds(self.socket, [data], list(descriptors))
                data = data[sent:]
            self.socket.sendall(data)
        except OSError as error:
            raise WireClosed(str(error)) from None

    def receive(self) -> tuple[dict[str, Any], list[int]]:
        """Wait for one message; returns it and its descriptors, which the caller then owns.

        Raises:
            WireClosed: The other side is gone.
            ProtocolViolation: What came is no control message.
        """
        self._fill(4)
        (length,) = _HEADER.unpack_from(self._buffer)
        if length > MAX_CONTROL_FRAME:
            raise ProtocolViolation(f"a control message of {length} bytes")
        self._fill(4 + length)
        message = unpack(bytes(memoryview(self._buffer)[4 : 4 + length]), surrogates="replace")
        del self._buffer[: 4 + length]
        if not isinstance(message, dict):
            raise ProtocolViolation("a control message that is no map")
        key = message.pop("from", b"")
        if not (isinstance(key, bytes) and (not self.expected or secrets.compare_digest(key, self.expected))):
            raise ProtocolViolation("a control message of somebody else")
        count = message.pop("descriptors", 0)
        if not isinstance(count, int) or not 0 <= count <= len(self._descriptors):
            raise ProtocolViolation("a control message without its descriptors")
        return message, [self._descriptors.popleft() for _ in range(count)]

    def buffered(self) -> bool:
        """Whether a whole message can be received without waiting."""
        return len(self._buffer) >= 4 and len(self._buffer) >= 4 + _HEADER.unpack_from(self._buffer)[0]

    def _fill(self, size: int) -> None:
        while len(self._buffer) < size:
            try:
                data, descriptors = receive_with_descriptors(self.socket, 65536)
            except OSError as error:
                raise WireClosed(str(error)) from None
            self._descriptors.extend(descriptors)
            if not data:
                raise WireClosed("end of stream")
            self._buffer += data
