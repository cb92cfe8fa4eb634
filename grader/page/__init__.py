"""The report as one self-contained HTML page: no script, nothing from elsewhere, light and dark, printable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from ..plain_text import plain
from ..report import Growth, Report
from ..scoring.advice import advice_for
from ..scoring.criteria.growth import verdict_on
from ..scoring.growth import Verdict
from ..sections import sections_of
from .plots import GrowthPlot, growth_plot, history_plot

__all__ = ["PastAttempt", "report_page"]

_MARKS = {"passed": "✓", "skipped": "–"}


@dataclass(frozen=True)
class PastAttempt:
    """An attempt of the same learner.

    Attributes:
        received: When it was handed in.
        score: Its score.
        max_score: The maximum then.
    """

    received: datetime
    score: float
    max_score: float


@dataclass(frozen=True)
class _Grown:
    """A test's growth as the page shows it."""

    growth: Growth
    verdict: Verdict
    plot: GrowthPlot


def report_page(report: Report, title: str, attempts: Sequence[PastAttempt] = ()) -> str:
    """The page of a graded report.

    Everything from the submission is escaped, and characters that steer (controls, directions of writing) are replaced.

    Args:
        report: As its reader may see it.
        title: The assignment's.
        attempts: The learner's attempts so far, the oldest first, this one included.
    """
    grown = []
    for growth in report.measurements.growth:
        verdict = verdict_on(growth)
        grown.append(_Grown(growth, verdict, growth_plot(growth, verdict)))
    percents = [100 * one.score / one.max_score for one in attempts if one.max_score]
    page = (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            title=title,
            share=(report.score or 0.0) / (report.max_score or 1.0),
            advice=advice_for(report),
            grown=grown,
            history=history_plot(percents) if len(percents) > 1 else None,
            sections=sections_of(report),
        )
    )
    return plain(page)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader(__name__, ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["number"] = lambda value: f"{value or 0:.2f}".rstrip("0").rstrip(".")
    made.filters["percent"] = lambda share: f"{share:.0%}"
    made.filters["mark"] = lambda outcome: _MARKS.get(outcome, "✗")
    return made
