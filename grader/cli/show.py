"""Reports as people read them in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ..report import Report, TestResult
from ..sections import Section, sections_of
from .show_measured import measured
from .text import plain

__all__ = ["show_report", "show_table"]

_MARKS = {
    "passed": "[green]✓[/]",
    "failed": "[red]✗[/]",
    "error": "[red]![/]",
    "timed_out": "[yellow]⏱[/]",
    "out_of_memory": "[yellow]▣[/]",
    "crashed": "[magenta]☠[/]",
    "skipped": "[dim]–[/]",
}
_WORDS = {"timed_out": "timed out", "out_of_memory": "out of memory"}


def show_report(console: Console, report: Report, title: str) -> None:
    """One report in full."""
    if report.status != "graded":
        return
    console.print(
        Panel(_summary(report), title=escape(plain(f"{title}: {report.submission.name}")), title_align="left", expand=False)
    )
    for part in measured(report):
        console.print(part)
    for section in sections_of(report):
        console.print(f"\n[bold]{section.title}[/] [dim]{section.summary}[/]")
        for test in section.tests:
            console.print(_test(test, section))


def _summary(report: Report) -> RenderableType:
    lines = Table.grid(padding=(0, 2))
    lines.add_row("[bold]score[/]", f"[bold {_colour(report)}]{_number(report.score)}[/] of {_number(report.max_score)}", "")
    for line in report.criteria:
        name = escape(plain(line.name or line.kind)) + (" [dim](bonus)[/]" if line.bonus else "")
        lines.add_row(
            f"  {name}", f"{_number(line.score)} of {_number(line.max_score)}", f"[dim]{escape(plain(line.detail))}[/]"
        )
    if report.competencies:
        lines.add_row("", "", "")
        lines.add_row("[bold]competencies[/]", "", "")
        for one in report.competencies:
            lines.add_row(
                f"  {escape(plain(one.name or one.id))}", f"{one.score:.0%}", f"{_bar(one.score)} {one.level or ''}"
            )
    environment = Text(f"graded in {report.timing.wall_time:.2f} s, Python {report.environment.python}", style="dim")
    return Group(lines, Text(""), environment)


def _test(test: TestResult, section: Section) -> RenderableType:
    name = escape(plain(test.id.partition("::")[2].replace("::", " › ")))
    word = "" if test.outcome in ("passed", "failed") else f" [yellow]{section.word(test)}[/]"
    points = f" [dim]{test.points:g}/{test.max_points:g} points[/]" if test.max_points not in (0, 1) else ""
    head = f"  {_MARKS[test.outcome]} {name}{word}{points}"
    awards = [f"{award.share:.0%} for {award.reason}" if award.reason else f"{award.share:.0%}" for award in test.awards]
    if test.outcome == "passed" and not awards:
        return head
    parts: list[RenderableType] = [head]
    if awards:
        parts.append(Padding(Text(plain("; ".join(awards)), style="dim"), (0, 0, 0, 6), expand=False))
    if test.message:
        parts.append(Padding(Text(_shortened(plain(test.message)), style="dim"), (0, 0, 0, 6), expand=False))
    if test.hint:
        parts.append(Padding(Text(plain(f"hint: {test.hint}"), style="cyan"), (0, 0, 0, 6), expand=False))
    return Group(*parts)


def _shortened(text: str, most: int = 14) -> str:
    lines = text.rstrip().splitlines()
    return "\n".join(lines if len(lines) <= most else [*lines[:most], f"… {len(lines) - most} more lines"])


def show_table(console: Console, reports: Sequence[Report], title: str) -> None:
    """Several reports, a line each."""
    table = Table(title=escape(plain(title)), title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("submission", overflow="fold")
    table.add_column("score", justify="right")
    table.add_column("passed", justify="right")
    table.add_column("", overflow="fold")
    for report in reports:
        name = escape(plain(report.submission.name))
        if report.status != "graded":
            table.add_row(
                escape(plain(report.submission.name)), f"[red]{report.status}[/]", "", escape(plain(report.reason or ""))
            )
            continue
        passed = sum(test.outcome == "passed" for test in report.tests)
        score = f"[{_colour(report)}]{_number(report.score)}[/] [dim]/ {_number(report.max_score)}[/]"
        table.add_row(name, score, f"{passed}/{len(report.tests)}", _troubles(report))
    console.print(table)


def _troubles(report: Report) -> str:
    counts: dict[str, int] = {}
    for test in report.tests:
        if test.outcome not in ("passed", "skipped"):
            counts[test.outcome] = counts.get(test.outcome, 0) + 1
    return ", ".join(f"{_MARKS[outcome]} {count} {_WORDS.get(outcome, outcome)}" for outcome, count in counts.items())


def _colour(report: Report) -> str:
    share = (report.score or 0) / (report.max_score or 1)
    return "green" if share >= 0.8 else "yellow" if share >= 0.5 else "red"


def _number(value: float | None) -> str:
    return f"{value or 0:.2f}".rstrip("0").rstrip(".")


def _bar(share: float, width: int = 20) -> str:
    full = round(share * width)
    return f"[green]{'━' * full}[/][dim]{'━' * (width - full)}[/]"
