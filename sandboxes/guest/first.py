"""The first process of a container: it waits for all others, and ends as the one that matters did.

An engine's own init would do the same, but is one file of the engine's machine in all containers, where locks and watches of
it would carry words from one to another.
"""

from __future__ import annotations

import os
import signal

__all__ = ["go_on_in_a_child"]

_DESCRIPTORS = 1024


def go_on_in_a_child() -> None:
    """Return in a child of this process, which stays behind; nothing if this is not the container's first one."""
    if os.getpid() != 1:
        return
    child = os.fork()
    if child == 0:
        return
    os.closerange(0, _DESCRIPTORS)  # connections end when the child's do
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # with which the kernel lets nobody end a container's first process
    while True:
        process, status = os.wait()
        if process == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)
