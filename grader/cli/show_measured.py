"""What was measured, as people read it in a terminal."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from ..report import Growth, Quality, Report
from ..scoring.criteria.growth import verdict_on
from .text import plain

__all__ = ["measured"]

_WIDTH = 32
_MOST_FINDINGS = 12
_LINK = re.compile(r"[\w:/.?#=&%~+-]+", re.ASCII)


def measured(report: Report) -> Iterator[RenderableType]:
    """Growth with a plot, and what the tools found."""
    for growth in report.measurements.growth:
        yield from _growth(growth)
    quality = report.measurements.quality
    if quality is not None and quality.findings:
        yield "\n[bold]Style[/]"
        yield _quality(quality)


def _growth(growth: Growth) -> Iterator[RenderableType]:
    verdict = verdict_on(growth)
    told = f"computed elsewhere, {verdict.elsewhere:.2f} s" if verdict.elsewhere else "nothing can be told"
    found = str(verdict) if verdict.found else told
    name = escape(plain(growth.test.partition("::")[2]))
    yield f"\n[bold]Growth[/] of {name}: {found}; {growth.at_most} is allowed"
    table = Table("size", "CPU time", "", box=None, header_style="dim")
    table.columns[0].justify = table.columns[1].justify = "right"
    low, high = min(verdict.times), max(verdict.times)
    for size, time in zip(growth.sizes, verdict.times, strict=True):
        # Logarithmic, as growth is: equal steps are equal factors.
        share = math.log(time / low) / math.log(high / low) if 0 < low < high else 0.0
        table.add_row(f"{size:,}", f"{1000 * time:.1f} ms", f"[cyan]{'█' * (1 + round(share * (_WIDTH - 1)))}[/]")
    yield table


def _quality(quality: Quality) -> RenderableType:
    table = Table(box=None, show_header=False)
    for one in quality.findings[:_MOST_FINDINGS]:
        # A terminal that knows links makes one of the rule's name.
        link = one.url if one.url and one.url.startswith("https://") and _LINK.fullmatch(one.url) else None
        rule = f"[link={link}]{escape(plain(one.rule))}[/link]" if link else escape(plain(one.rule))
        table.add_row(f"[dim]{escape(plain(one.path))}:{one.line}[/]", rule, escape(plain(one.message)))
    if len(quality.findings) > _MOST_FINDINGS:
        table.add_row("", "", f"[dim]… {len(quality.findings) - _MOST_FINDINGS} more[/]")
    return table
