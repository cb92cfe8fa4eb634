"""Names for contents: the digest of a set of files, the same on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

__all__ = ["digest_files"]


def digest_files(files: Mapping[str, bytes]) -> str:
    """``sha256:`` and the hexadecimal digest of the files' paths and contents.

    Each file enters as its path, a zero byte, its length in decimal, a zero byte and its content, in order of the
    paths' UTF-8 bytes, so that no two sets of files look the same.
    """
    digest = hashlib.sha256()
    for path in sorted(files, key=str.encode):
        digest.update(f"{path}\0{len(files[path])}\0".encode() + files[path])
    return f"sha256:{digest.hexdigest()}"
