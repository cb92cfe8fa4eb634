"""Remove a folder that hostile code has filled: however deep it is, whatever modes its folders have."""

from __future__ import annotations

import os
import stat

__all__ = ["empty", "remove"]

_OPEN = stat.S_IRWXU


def remove(folder: str) -> None:
    """Remove a folder and all in it, if it is there.

    Folders inside are moved up before they are looked into, so that neither recursion, nor paths, nor descriptors grow
    with the depth. Nobody else may change it meanwhile.

    Raises:
        OSError: Something in it can't be removed.
    """
    if os.path.islink(folder) or not os.path.isdir(folder):
        return
    empty(folder)
    os.rmdir(folder)


def empty(folder: str) -> None:
    """Remove all in a folder.

    Raises:
        OSError: Something in it can't be removed.
    """
    waiting = [folder]
    moved = 0
    while waiting:
        current = waiting.pop()
        if current != folder:
            os.chmod(current, _OPEN)
        for entry in list(os.scandir(current)):
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
                continue
            # Its entry '..' changes, for which it must be writable.
            os.chmod(entry.path, _OPEN)
            moved += 1
            higher = os.path.join(folder, f"{moved}.{os.urandom(8).hex()}")
            os.rename(entry.path, higher)
            waiting.append(higher)
        if current != folder:
            os.rmdir(current)
