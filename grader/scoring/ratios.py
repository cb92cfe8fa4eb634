"""How many times as much a submission costs as the reference, and how sure that is."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Ratio", "Runs", "points_for", "ratio_of"]

Runs: TypeAlias = Sequence[Sequence[float]]
"""Costs by repetition, in fresh containers, and by run in it."""

_CHEAPEST = 0.25
_NEARLY_ALL = 0.9
_CLEARLY = 1.2

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


def ratio_of(submission: Runs, reference: Runs, least: float) -> Ratio:
    """The ratio of costs that were measured in turns.

    A machine that is busy elsewhere only ever adds to what a run costs, so each side's cheapest quarter of runs is compared.
    But a program must not gain by being cheap only now and then: what it remembers makes its first runs dear, and chance
    makes many of them dear. If the first runs in each container, or nearly all runs, say clearly more, then that counts.

    Args:
        submission: Costs, by repetition and run in it.
        reference: The same of the reference.
        least: What is smaller counts as this much: below, measuring is noise.
    """
    usual = _compared(submission, reference, _CHEAPEST, least)
    first = _compared([runs[:1] for runs in submission], [runs[:1] for runs in reference], _CHEAPEST, least)
    every = _compared(submission, reference, _NEARLY_ALL, least)
    dearest = max(first, every, key=lambda ratio: ratio.value)
    return dearest if dearest.value > _CLEARLY * usual.value else usual


def _compared(submission: Runs, reference: Runs, share: float, least: float) -> Ratio:
    ours, our_error = _mean_of_cheapest(submission, share)
    theirs, their_error = _mean_of_cheapest(reference, share)
    value = max(ours, least) / max(theirs, least)
    if len(submission) < 2:
        return Ratio(value, 0.0, math.inf)
    error = math.hypot(our_error / max(ours, least), their_error / max(theirs, least))
    margin = math.exp(error * _T[min(len(submission) - 1, len(_T)) - 1])
    return Ratio(value, value / margin, value * margin)


def _mean_of_cheapest(runs: Runs, share: float) -> tuple[float, float]:
    """The mean of that share of all runs, and its standard error.

    Runs in one container are not independent, so the error is that of the repetitions' means, of costs cut off at the
    dearest run that is used (Tukey and McLaughlin, 1963).
    """
    costs = sorted(cost for repetition in runs for cost in repetition)
    used = costs[: max(1, round(share * len(costs)))]
    means = [statistics.fmean(min(cost, used[-1]) for cost in repetition) for repetition in runs]
    spread = statistics.stdev(means) if len(means) > 1 else 0.0
    return statistics.fmean(used), spread / (len(used) / len(costs)) / math.sqrt(len(means))


def points_for(ratio: float, full: float, zero: float) -> float:
    """The share of points for a ratio: 1 up to ``full``, 0 from ``zero`` on, logarithmic between."""
    if ratio <= full:
        return 1.0
    if ratio >= zero:
        return 0.0
    return math.log(zero / ratio) / math.log(zero / full)
