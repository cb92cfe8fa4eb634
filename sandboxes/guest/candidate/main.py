"""Entry point of the candidate container: wait for a submission, then answer the examiner until it hangs up."""

from __future__ import annotations

import os
import sys
from typing import Any

from ..first import go_on_in_a_child
from ..meeting import meet, meet_examiner
from ..objects.peer import Peer
from ..tree import Tree
from ..wire.frames import FrameStream, pack, unpack
from .servant import Servant, make_importable, trace_of
from .streams import Streams

__all__ = ["main", "run", "tell_loaded"]

HOME = "/submission"
SCRATCH = "/tmp/programs"


def run(stream: FrameStream, home: str, scratch: str) -> None:
    """Receive a submission over ``stream`` into ``home``, then serve requests until the stream ends."""
    message: Any = unpack(stream.receive())
    Tree(home).apply([[path, content] for path, content in message["files"].items()])
    os.chdir(home)
    tell_loaded(stream, message)
    streams = Streams()
    os.register_at_fork(after_in_child=stream.close)
    peer = Peer(
        stream,
        Servant(home, scratch),
        first_thread=-1,
        trace=lambda error: trace_of(error, home),
    )
    _Surroundings(peer, streams)
    streams.install(peer)
    make_importable(home)
    peer.serve_forever(0)


def tell_loaded(stream: FrameStream, message: dict[str, Any]) -> None:
    """Tell the worker that all is in place; from then on the examiner is at the other end.

    Args:
        stream: The connection to the worker, which it passes on, or which goes on where the two meet.
        message: What the worker sent.
    """
    wire = meet_examiner(message["meet"]) if message["meet"] else None
    stream.send(pack({"loaded": len(message["files"]), "python": sys.version.split()[0], "met": wire is not None}))
    if wire is not None:
        stream.go_on(wire)


class _Surroundings:
    """What travels along with messages: output, temporary files, working directory, environment."""

    def __init__(self, peer: Peer, streams: Streams) -> None:
        self._streams = streams
        self._tree: Tree | None = None
        peer.after_message = self._arrive
        peer.before_request = self._leave
        peer.before_reply = self._leave

    def _arrive(self, extras: dict[str, Any]) -> None:
        if "files" in extras:
            root, changes = extras["files"]
            os.makedirs(root, exist_ok=True)
            self._tree = self._tree or Tree(root)
            self._tree.apply(changes)
        for name, value in extras.get("environment", {}).items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        if "folder" in extras:
            os.chdir(extras["folder"])

    def _leave(self) -> dict[str, Any] | None:
        extras: dict[str, Any] = {}
        if output := self._streams.take():
            extras["output"] = output
        if self._tree is not None and (changes := self._tree.changes()):
            extras["files"] = changes
        return extras or None


def main(arguments: list[str]) -> None:
    """Connect as told (see ``meet``) and run."""
    go_on_in_a_child()
    stream = FrameStream(*meet(arguments))
    stream.send(pack({"hello": "candidate"}))
    try:
        run(stream, HOME, SCRATCH)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
