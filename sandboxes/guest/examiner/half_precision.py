"""Numbers of half precision that came to their ends: NumPy compares them with a Python number by making that as coarse.

``numpy.float16("inf") == 1_999_000`` is true, and so is ``numpy.float16(0) == 1e-9``: one answer to all large numbers, and
one to all small ones. In double precision they are what they are.
"""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["widened"]


def widened(array: Any) -> Any:
    """``array``, a NumPy array or scalar; in double precision if it is of half, with an infinity in it, or is a zero."""
    numpy = sys.modules.get("numpy")
    if numpy is None or getattr(array, "dtype", None) != numpy.float16:
        return array
    at_an_end = bool(numpy.isinf(array).any()) or (array.ndim == 0 and array == 0)
    return array.astype(numpy.float64) if at_an_end else array
