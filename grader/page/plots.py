"""Plots as SVG, drawn with numbers alone: no script, no font, no file from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..report import Growth
from ..scoring.growth import CLASSES, Verdict

__all__ = ["Curve", "GrowthPlot", "HistoryPlot", "growth_plot", "history_plot"]

_WIDTH, _HEIGHT = 420.0, 220.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 54.0, 12.0, 12.0, 34.0


@dataclass(frozen=True)
class Curve:
    """A line through points.

    Attributes:
        name: What it is.
        points: As SVG writes them.
    """

    name: str
    points: str


@dataclass(frozen=True)
class GrowthPlot:
    """Times over sizes, both logarithmic.

    Attributes:
        dots: The measured times, as x and y.
        curves: How the allowed class and the class found would go on from the first size.
        xs: Where sizes are written.
        ys: Where times are written.
    """

    dots: tuple[tuple[float, float], ...]
    curves: tuple[Curve, ...]
    xs: tuple[tuple[float, str], ...]
    ys: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class HistoryPlot:
    """Scores of attempts, in percent, one after the other.

    Attributes:
        line: Points of the line.
        dots: x, y and percent of each attempt.
    """

    line: str
    dots: tuple[tuple[float, float, int], ...]


def growth_plot(growth: Growth, verdict: Verdict) -> GrowthPlot:
    """The plot of a measured growth."""
    sizes, times = growth.sizes, verdict.times
    names = dict.fromkeys(name for name in (growth.at_most, verdict.found) if name is not None)
    lines = {name: _through(name, sizes, times) for name in names}
    everything = [*times, *(value for line in lines.values() for value in line)]
    low, high = min(everything), max(everything)
    x = _scale(sizes[0], sizes[-1], _LEFT, _WIDTH - _RIGHT)
    y = _scale(low, high, _HEIGHT - _BOTTOM, _TOP)
    return GrowthPlot(
        dots=tuple((x(size), y(time)) for size, time in zip(sizes, times, strict=True)),
        curves=tuple(
            Curve(name, " ".join(f"{x(size)},{y(value)}" for size, value in zip(sizes, line, strict=True)))
            for name, line in lines.items()
        ),
        xs=tuple((x(size), f"{size:,}") for size in (sizes[0], sizes[len(sizes) // 2], sizes[-1])),
        ys=tuple((y(value), _seconds(value)) for value in (low, math.sqrt(low * high), high)),
    )


def history_plot(percents: Sequence[float]) -> HistoryPlot:
    """The plot of attempts."""
    step = (_WIDTH - _LEFT - _RIGHT) / max(1, len(percents) - 1)
    span = _HEIGHT - _TOP - _BOTTOM
    dots = tuple(
        (round(_LEFT + step * number, 1), round(_HEIGHT - _BOTTOM - span * min(100.0, percent) / 100, 1), round(percent))
        for number, percent in enumerate(percents)
    )
    return HistoryPlot(" ".join(f"{x},{y}" for x, y, _percent in dots), dots)


def _through(name: str, sizes: Sequence[int], times: Sequence[float]) -> list[float]:
    """A class's function, as large as the times are in the geometric mean."""
    logs = [math.log(CLASSES[name](size)) for size in sizes]
    offset = sum(math.log(time) - log for time, log in zip(times, logs, strict=True)) / len(sizes)
    return [math.exp(min(700.0, log + offset)) for log in logs]


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    span = math.log(high / low) if high > low else 1.0
    return lambda value: round(start + (end - start) * math.log(value / low) / span, 1)


def _seconds(value: float) -> str:
    if value >= 1:
        return f"{value:.1f} s"
    return f"{1000 * value:.0f} ms" if value >= 0.01 else f"{1000 * value:.1f} ms"
