"""Frames: a four-byte big-endian length, then that many bytes of msgpack."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable

import msgpack

from .errors import ProtocolViolation, WireClosed

__all__ = ["MAX_FRAME", "FrameStream", "pack", "unpack"]

MAX_FRAME = 32 * 1024 * 1024
"""Largest frame accepted from the other side, in bytes."""

_HEADER = struct.Struct(">I")
_CHUNK = 64 * 1024


def pack(message: object) -> bytes:
    """Encode one message. Raises ``OverflowError`` for integers beyond 64 bits."""
    return msgpack.packb(message, use_bin_type=True, unicode_errors="surrogatepass")


def unpack(data: bytes, surrogates: str = "surrogatepass") -> object:
    """Decode one message.

    Args:
        data: Its bytes.
        surrogates: What becomes of half a surrogate pair in a text: ``surrogatepass`` keeps it as a program has it,
            ``replace`` puts a question mark in its place, since neither files nor databases nor JSON can hold it.

    Raises:
        ProtocolViolation: The bytes are not msgpack.
    """
    try:
        return msgpack.unpackb(data, raw=False, use_list=True, strict_map_key=False, unicode_errors=surrogates)
    except (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException) as error:
        raise ProtocolViolation(f"not msgpack: {error}") from None


class FrameStream:
    """Frames over a pair of file descriptors (the same one twice for a socket).

    Args:
        reader: Descriptor to read from; a socket if there is a ``patience``.
        writer: Descriptor to write to.
        max_frame: Largest frame accepted, in bytes.
        patience: Seconds of silence after which ``on_silence`` is called, again and again; ``None`` waits quietly.
        on_silence: Called from the waiting thread; may raise to give up.
    """

    def __init__(
        self,
        reader: int,
        writer: int,
        *,
        max_frame: int = MAX_FRAME,
        patience: float | None = None,
        on_silence: Callable[[], None] | None = None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._max_frame = max_frame
        self._on_silence = on_silence
        self._buffer = bytearray()
        self._send_lock = threading.Lock()
        os.set_blocking(reader, True)
        os.set_blocking(writer, True)
        if patience is not None:
            _set_patience(reader, patience)

    def close(self) -> None:
        """Close both descriptors."""
        for descriptor in {self._reader, self._writer}:
            try:
                os.close(descriptor)
            except OSError:
                pass

    def go_on(self, descriptor: int) -> None:
        """Go on over a connected socket; both descriptors are closed, and what they brought is read."""
        self.close()
        self._reader = self._writer = descriptor

    def send(self, payload: bytes) -> None:
        """Send one packed message as a frame.

        Raises:
            WireClosed: Nobody is there to receive it.
        """
        data = memoryview(_HEADER.pack(len(payload)) + payload)
        with self._send_lock:
            while data:
                try:
                    data = data[os.write(self._writer, data) :]
                except BlockingIOError:
                    self._be_patient()
                except OSError as error:
                    raise WireClosed(str(error)) from None

    def receive(self) -> bytes:
        """Return the next frame's payload, waiting for it.

        Raises:
            WireClosed: The stream ended.
            ProtocolViolation: The frame is larger than allowed.
        """
        buffer = self._buffer
        self._fill(4)
        (length,) = _HEADER.unpack_from(buffer)
        if length > self._max_frame:
            raise ProtocolViolation(f"a frame of {length} bytes, {self._max_frame} are allowed")
        self._fill(4 + length)
        payload = bytes(memoryview(buffer)[4 : 4 + length])
        del buffer[: 4 + length]
        return payload

    def _fill(self, size: int) -> None:
        while len(self._buffer) < size:
            try:
                data = os.read(self._reader, _CHUNK)
            except BlockingIOError:
                self._be_patient()
                continue
            except OSError as error:
                raise WireClosed(str(error)) from None
            if not data:
                raise WireClosed("end of stream")
            self._buffer += data

    def _be_patient(self) -> None:
        if self._on_silence:
            self._on_silence()


def _set_patience(descriptor: int, seconds: float) -> None:
    """Let the kernel end each wait after so long: one system call less for each message than asking first."""
    value = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
    sock = socket.socket(fileno=os.dup(descriptor))
    try:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            sock.setsockopt(socket.SOL_SOCKET, option, value)
    finally:
        sock.close()
