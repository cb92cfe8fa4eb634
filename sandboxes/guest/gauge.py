"""Entry point of the gauge: a container that reads the counters of others, where their kernel is.

No submission is ever in it. Each order names a container; the answer is a reading, or nothing once that container has ended:
``{"do": "read", "container": id}`` is answered by ``{"reading": [seconds, bytes, kills, denials] | None}``, and
``start_peak`` is not.
"""

from __future__ import annotations

import sys
from dataclasses import astuple
from pathlib import Path
from typing import Any

from .counters import Counters, counters_in
from .meeting import meet
from .wire.errors import WireClosed
from .wire.frames import FrameStream, pack, unpack

__all__ = ["COUNTERS", "main", "serve"]

COUNTERS = "/run/counters"
"""Where the control groups of the engine's machine are shown."""
_MOST_KNOWN = 512
"""Containers; those that nobody asked about for longest are forgotten, for most of them have ended."""


def serve(stream: FrameStream, root: Path) -> None:
    """Answer orders until the worker hangs up."""
    known: dict[str, Counters] = {}
    stream.send(pack({"hello": "gauge"}))
    while True:
        order: Any = unpack(stream.receive())
        name = order["container"]
        reading = None
        try:
            counters = known.pop(name) if name in known else counters_in(root, name)
            known[name] = counters
            if len(known) > _MOST_KNOWN:
                del known[next(iter(known))]
            if order["do"] == "start_peak":
                counters.start_peak()
                continue
            reading = astuple(counters.read())
        except (OSError, ValueError, KeyError):  # it has ended, and while a group is removed its files may be empty
            known.pop(name, None)
        if order["do"] == "read":
            stream.send(pack({"reading": reading}))


def main(arguments: list[str]) -> None:
    """Connect as told (see ``meet``) and serve."""
    try:
        serve(FrameStream(*meet(arguments)), Path(COUNTERS))
    except WireClosed:
        pass


if __name__ == "__main__":
    main(sys.argv[1:])
