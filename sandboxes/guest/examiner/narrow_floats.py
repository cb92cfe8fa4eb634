"""Narrow numbers of NumPy: compared with a Python number, that is made as narrow as they are.

``numpy.float32("inf") == 10**40`` is true, and so is ``numpy.float32(0) == 1e-50``: one answer to all large numbers, and one
to all small ones. In double precision they are what they are.
"""

from __future__ import annotations

import sys
from typing import Any

from ..objects.contract import Contract

__all__ = ["widened"]

_WIDE = {"float16": "float64", "float32": "float64", "complex64": "complex128"}


def widened(array: Any, contract: Contract) -> Any:
    """``array``, a NumPy array or scalar; if it is very narrow, or at an end of its range, in double precision.

    Where the reference gives such numbers, in the same test, they stay as they are: a test may look at their type.
    """
    numpy = sys.modules.get("numpy")
    wide = _WIDE.get(str(getattr(array, "dtype", "")))
    if numpy is None or wide is None:
        return array
    # Of half precision are so few numbers that each stands for many: 45140 is equal to 45150.
    doubtful = array.dtype == numpy.float16 or not array.any() or not numpy.isfinite(array).all()
    return array if not doubtful or contract.may_be_narrow() else array.astype(wide)
