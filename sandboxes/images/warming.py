"""Reads an image's files once, before any program of a learner can.

Containers of one image share the kernel's cache of its files, and how long a read takes tells whether the file was there.
What nobody has read is so a memory in which one container can leave bits for the next: for a later run of the same
submission, or of another. What is there already holds nothing, as no container can remove it (see ``profile``).
"""

from __future__ import annotations

from ..engine import ContainerSpec, Engine

__all__ = ["warm"]

_USER = 10003
_MEMORY = 2 << 30
"""Bytes: what it reads counts as its own, and would be dropped again beyond that."""
_PATIENCE = 60
"""Seconds, for a slow disk."""
_READ = """
import os
for folder, folders, names in os.walk("/"):
    if folder == "/":
        folders[:] = set(folders) - {"proc", "sys", "dev", "tmp", "run"}
    for name in names:
        try:
            if not os.path.islink(path := os.path.join(folder, name)):
                with open(path, "rb", buffering=0) as file:
                    while file.read(1 << 20):
                        pass
        except OSError:
            pass  # candidates may not read it either
"""


def warm(engine: Engine, image: str) -> None:
    """Read the files of an image.

    Raises:
        SandboxFailure: The engine does not do it.
    """
    container = engine.create(ContainerSpec(image, "reader", ["-c", _READ], _USER, _MEMORY, 8, {}))
    try:
        engine.start(container)
        engine.exit_state(container, _PATIENCE)
    finally:
        engine.remove(container)
