"""Empty arrays of a submission: NumPy stretches them to nothing, so that whatever they are compared with seems to agree.

``numpy.allclose([], 3.0)`` is true, and so is ``(empty == expected).all()``. Where the reference's arrays were not empty as
well, reckoning with a submission's empty array and values fails, and so does comparing something empty with values.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from ..objects.contract import Contract

__all__ = ["guard_empty", "watch_comparisons"]

_EMPTY = "the submission gave something empty, which was compared with values"
_COMPARING = ("allclose", "isclose", "array_equiv")
_ASSERTING = ("assert_allclose", "assert_array_equal", "assert_array_almost_equal", "assert_almost_equal")


def watch_comparisons(contract: Contract) -> None:
    """Have NumPy's functions that compare look whether one side is empty and the other is not (lists as well)."""
    numpy = sys.modules.get("numpy")
    testing = sys.modules.get("numpy.testing")
    for module, names in ((numpy, _COMPARING), (testing, _ASSERTING)):
        for name in names if module is not None else ():
            setattr(module, name, _watched(getattr(module, name), contract))


def _watched(function: Callable[..., Any], contract: Contract) -> Callable[..., Any]:
    @functools.wraps(function)
    def compare(actual: Any, expected: Any, *args: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        if _is_empty(actual) != _is_empty(expected):
            _judge(contract)
        return function(actual, expected, *args, **options)

    return compare


def _is_empty(value: Any) -> bool:
    """Whether there is nothing in whatever NumPy would take for an array: lists, tuples, deques, ranges."""
    if isinstance(value, str | bytes | dict | set | frozenset):
        return False
    try:
        return sys.modules["numpy"].size(value) == 0
    except ValueError:  # items of different lengths
        return False


class EmptyInside:
    """Stands for an empty array inside of something else, where the reference gives none: no use of it succeeds.

    NumPy makes one array of a list of arrays, whatever kind of arrays they are, and stretches the empty ones.
    """

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__array"):
            raise AttributeError(name)
        raise AssertionError(_EMPTY)

    def _fail(self, *operands: Any) -> NoReturn:
        raise AssertionError(_EMPTY)

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = (
        _fail
    )
    __truediv__ = __rtruediv__ = __neg__ = __abs__ = __float__ = __int__ = __bool__ = __len__ = __iter__ = __getitem__ = (
        _fail
    )
    __hash__ = None  # type: ignore[assignment]


def guard_empty(array: Any, contract: Contract, alone: bool = True) -> Any:
    """``array``; if it is empty, a view of it that is not stretched in comparisons, or nothing of use if it is not alone."""
    if getattr(array, "ndim", 0) == 0 or array.size:
        return array
    if not alone and not contract.may_nest_empty():
        return EmptyInside()
    guarded = array.view(_guarded_type())
    guarded._grader_contract = contract
    return guarded


@functools.cache
def _guarded_type() -> Any:
    """A kind of array, by the name of what it stands for, since tests print it."""
    numpy = sys.modules["numpy"]

    def finalize(self: Any, source: Any) -> None:
        self._grader_contract = getattr(source, "_grader_contract", None)

    def flat(self: Any) -> Any:  # by which pytest.approx(number) looks at all elements
        _judge(self._grader_contract)
        return self.view(numpy.ndarray).flat

    def calculate(self: Any, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        plain = [_plain(numpy, value) for value in inputs]
        if any(map(numpy.size, plain)):
            _judge(self._grader_contract)
        if "out" in options:
            options["out"] = tuple(_plain(numpy, value) for value in options["out"])
        result = getattr(ufunc, method)(*plain, **options)
        return guard_empty(result, self._grader_contract) if type(result) is numpy.ndarray else result

    names = {"__array_finalize__": finalize, "__array_ufunc__": calculate, "flat": property(flat)}
    return type("ndarray", (numpy.ndarray,), names)


def _plain(numpy: Any, value: Any) -> Any:
    return value.view(numpy.ndarray) if isinstance(value, _guarded_type()) else value


def _judge(contract: Contract | None) -> None:
    if contract is None or not contract.may_be_empty():
        raise AssertionError(_EMPTY)
