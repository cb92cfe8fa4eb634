"""The mark ``scaling``: a test that is run at several sizes."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import pytest

from ..sizes import bounds

__all__ = ["Scaling", "place_in_family", "scaling_of"]

_FEWEST_SIZES = 4


class Scaling(NamedTuple):
    """A mark ``scaling``."""

    sizes: list[int]
    at_most: str
    reference: str | None
    vary: float


def scaling_of(mark: pytest.Mark) -> Scaling:
    """Read a mark.

    Raises:
        pytest.UsageError: It says nothing that can be done.
    """
    try:
        sizes, at_most, reference = mark.kwargs["sizes"], mark.kwargs["at_most"], mark.kwargs.get("reference")
        known = {"sizes", "at_most", "reference", "vary"}
        if mark.args or mark.kwargs.keys() - known or not isinstance(at_most, str) or not isinstance(reference, str | None):
            raise TypeError
        vary = float(mark.kwargs.get("vary", 0.0))
        numbers = sorted({int(size) for size in sizes})
    except (KeyError, TypeError, ValueError):
        raise pytest.UsageError('a mark reads scaling(sizes=[1000, 2000, …], at_most="n log n")') from None
    if len(numbers) < _FEWEST_SIZES or numbers[0] < 1:
        raise pytest.UsageError(f"a mark scaling needs at least {_FEWEST_SIZES} sizes, each 1 or more")
    if not 0 <= vary < 1 or any(
        bounds(smaller, vary)[1] >= bounds(larger, vary)[0] for smaller, larger in itertools.pairwise(numbers)
    ):
        raise pytest.UsageError(f"a mark scaling lets sizes vary by {vary:g}, so that one could be as large as the next")
    return Scaling(numbers, at_most, reference, vary)


def place_in_family(item: pytest.Item) -> tuple[str, int, str, str | None, float] | None:
    """The family of a test that is run at several sizes, its size, and what its mark says else; None of any other."""
    mark = item.get_closest_marker("scaling")
    if mark is None or not isinstance(item, pytest.Function):
        return None
    parameters: dict[str, Any] = dict(item.callspec.params)
    del parameters["size"]
    family = item.nodeid.partition("[")[0] + (f"[{'-'.join(map(str, parameters.values()))}]" if parameters else "")
    scaling = scaling_of(mark)
    size = scaling.sizes[item.callspec.indices["size"]]
    return family, size, scaling.at_most, scaling.reference, scaling.vary
