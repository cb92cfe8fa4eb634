"""How many times as much a submission costs as the reference, and how sure that is."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Ratio", "points_for", "ratio_of"]

# Student's t for a two-sided interval of 95 %, by degrees of freedom.
_T = (
    12.71,
    4.30,
    3.18,
    2.78,
    2.57,
    2.45,
    2.36,
    2.31,
    2.26,
    2.23,
    2.20,
    2.18,
    2.16,
    2.14,
    2.13,
    2.12,
    2.11,
    2.10,
    2.09,
    2.09,
)


@dataclass(frozen=True)
class Ratio:
    """An estimated ratio with its confidence interval of 95 %.

    Attributes:
        value: Times the reference.
        low: Lower end.
        high: Upper end.
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} × ({self.low:.2f} to {self.high:.2f})"


def ratio_of(submission: Sequence[float], reference: Sequence[float], least: float) -> Ratio:
    """The ratio of costs measured in pairs.

    The mean of the pairs' logarithms, without the lowest and the highest once there are five or more: a pair that met a
    hiccup of the machine decides nothing.

    Args:
        submission: Costs, one for each repetition.
        reference: The same of the reference.
        least: What is smaller counts as this much: below, measuring is noise.
    """
    logs = sorted(
        math.log(max(ours, least) / max(theirs, least)) for ours, theirs in zip(submission, reference, strict=True)
    )
    kept = logs[1:-1] if len(logs) >= 5 else logs
    middle = statistics.fmean(kept)
    if len(kept) < 2:
        return Ratio(math.exp(middle), 0.0, math.inf)
    quantile = _T[min(len(kept) - 1, len(_T)) - 1]
    half = quantile * statistics.stdev(kept) / math.sqrt(len(kept))
    return Ratio(math.exp(middle), math.exp(middle - half), math.exp(middle + half))


def points_for(ratio: float, full: float, zero: float) -> float:
    """The share of points for a ratio: 1 up to ``full``, 0 from ``zero`` on, logarithmic between."""
    if ratio <= full:
        return 1.0
    if ratio >= zero:
        return 0.0
    return math.log(zero / ratio) / math.log(zero / full)
