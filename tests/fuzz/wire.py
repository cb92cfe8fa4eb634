"""Target: the decoder of what a candidate sends to the examiner.

Oracle: bytes are a message, or the connection is given up with one of the documented exceptions. Nothing is opened, imported,
compiled or started because of a message, no request goes out, and values are rebuilt of exact types.

The first byte says what the rest is: 0 a stream of frames, 1 a message of msgpack, more orders for a ``Builder`` of messages.
"""

from __future__ import annotations

import decimal
import os
import struct
import sys
import warnings
from typing import Any

import numpy as np

from sandboxes.guest.objects.borders import Border
from sandboxes.guest.objects.contract import Contract
from sandboxes.guest.wire.errors import CannotCross, ProtocolViolation, WireClosed
from sandboxes.guest.wire.frames import FrameStream, pack, unpack
from sandboxes.guest.wire.leaves import distrust
from sandboxes.guest.wire.messages import Incoming

from .building import Builder
from .oracle import watched

__all__ = ["check"]

_DOCUMENTED = (ProtocolViolation, CannotCross, WireClosed)
_PIPE = 60_000

warnings.simplefilter("ignore")  # showing one opens the source
# Loaded before any message comes, as in an examiner.
np.frombuffer(b"", np.uint8).reshape([0]).copy()
decimal.Decimal("1")
distrust()


class _NobodyHome:
    contract = Contract([])

    def request(self, operation: str, detail: Any, *values: Any) -> Any:
        raise AssertionError(f"decoding asked the candidate for {operation}")

    def release(self, number: int, count: int, generation: int) -> None:
        pass


def check(data: bytes) -> None:
    """Decode ``data``."""
    if not data:
        return
    if data[0] == 0:
        _frames(data[1:_PIPE])
    elif data[0] == 1:
        _message(data[1:])
    else:
        builder = Builder(data[1:])
        _message(pack([builder.values() for _part in range(4)]))


def _frames(data: bytes) -> None:
    reader, writer = os.pipe()
    try:
        os.write(writer, data)
        os.close(writer)
        stream = FrameStream(reader, reader)
        taken = 0
        while True:
            try:
                with watched():
                    payload = stream.receive()
            except WireClosed:
                return
            except ProtocolViolation:
                assert struct.unpack_from(">I", data, taken)[0] > 1 << 20
                return
            taken += 4 + len(payload)
            _message(payload)
    finally:
        os.close(reader)


def _message(payload: bytes) -> None:
    try:
        with watched():
            message: Any = unpack(payload)
    except ProtocolViolation:
        return
    assert unpack(pack(message)) == message or "nan" in repr(message)
    if type(message) is list and len(message) == 4:
        _decode(*message)


def _decode(items: Any, table: Any, updates: Any, classes: Any) -> None:
    """Read the parts of a reply the way a peer does: what is not documented is a violation there, and noted here."""
    border = Border(_NobodyHome(), library=sys.modules.get, disguised=True)
    known: list[Any] = [[1, 2], {"a": 1}, bytearray(b"x"), {3}, np.zeros(2)]
    try:
        with watched():
            border.learn(classes)
            incoming = Incoming(border, table, known)
            values = incoming.items(items)
            incoming.update(updates)
            Incoming.changed(incoming.watch())
    except _DOCUMENTED:
        return
    except (AssertionError, MemoryError, RecursionError):
        raise
    except Exception:
        return  # the peer takes any other for a violation
    for value in values:
        assert type(value).__eq__ is not None
