"""Sizes of inputs that differ from submission to submission, within limits that a test gives.

A submission whose answers are prepared for the sizes that others saw, or that its author saw the last time, meets others.
The same submission to the same tests meets the same sizes, on any machine.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Mapping

__all__ = ["actual_size", "bounds", "digest_of", "seed_of"]


def seed_of(tests: Mapping[str, bytes], files: Mapping[str, bytes]) -> str:
    """What the sizes for a submission follow from.

    The key is the digest of the tests, hidden ones among them: who does not know them can't foresee a size, and who
    changes a submission to have other sizes can't choose which. It stays with the worker and the examiner.

    Args:
        tests: Content of the test files by path.
        files: The submission.
    """
    return hmac.new(digest_of(tests), digest_of(files), hashlib.sha256).hexdigest()


def actual_size(seed: str, function: str, size: int, vary: float) -> int:
    """The size that a test gets in place of the one in its mark and id: at most so much smaller or larger.

    Args:
        seed: See ``seed_of``; without one, sizes do not vary.
        function: Id of the test without its parameters.
        size: The one in the mark.
        vary: A share of the size.
    """
    if not seed or not vary:
        return size
    least, most = bounds(size, vary)
    chance = hmac.new(seed.encode(), f"{function}\0{size}".encode(), hashlib.sha256).digest()
    return least + int.from_bytes(chance) % (most - least + 1)


def bounds(size: int, vary: float) -> tuple[int, int]:
    """The smallest and the largest size that may stand for one."""
    return max(1, math.ceil(size * (1 - vary))), max(1, math.floor(size * (1 + vary)))


def digest_of(files: Mapping[str, bytes]) -> bytes:
    """What tells these files, by path, from all others."""
    digest = hashlib.sha256()
    for path, data in sorted(files.items()):
        for part in (path.encode(), data):
            digest.update(len(part).to_bytes(8) + part)
    return digest.digest()
