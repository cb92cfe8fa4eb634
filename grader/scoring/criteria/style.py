"""Criterion ``style``: what static tools find in the submission's text."""

from __future__ import annotations

import math
from collections import Counter
from typing import Literal

from pydantic import Field

from .base import BaseCriterion, Evidence, Judgement

__all__ = ["StyleCriterion"]

_DEFAULT_RULES = ("E", "W", "F", "N", "B", "C4", "C90", "SIM", "RET", "UP")
_LONG = 100
"""Lines of code up to which every finding counts; in longer programs, findings count for so many lines."""
_NO_PYTHON = ("invalid-syntax", "syntax")
_UNREADABLE = "unreadable"
"""Rule of a file that some tool can't cope with: what that tool would find in it, nobody knows."""
_SUPPRESSION = "suppression"
"""Rule of a comment that tells tools to look away."""


class StyleCriterion(BaseCriterion):
    """Each rule that is broken costs ``each`` percent, and as much again for each doubling of how often.

    So a rule broken twenty times costs five times as much as one broken once, not twenty times; and a long program,
    which has more occasions, is judged by its findings for each hundred lines. What can't be read earns nothing:
    otherwise it would pay to make a tool stumble.
    """

    kind: Literal["style"] = "style"
    rules: tuple[str, ...] = Field(
        default=_DEFAULT_RULES, strict=False, description="Rules of ruff, or the beginnings of their names."
    )
    ignore: tuple[str, ...] = Field(default=("N818",), strict=False, description="Rules that don't count all the same.")
    line_length: int = Field(default=100, ge=40, le=320)
    complexity: int = Field(default=10, ge=1, le=100, description="What a function may have (rule C901).")
    layout: bool = Field(default=False, description="Whether files have to be laid out as 'ruff format' does.")
    types: bool = Field(default=False, description="Whether types have to be annotated and right (mypy --strict).")
    each: float = Field(default=10.0, gt=0, le=100, description="Percent that a broken rule costs.")

    def depends_on(self) -> dict[str, object]:
        return self.model_dump(include={"kind", "rules", "ignore", "line_length", "complexity", "layout", "types"})

    def judge(self, evidence: Evidence) -> Judgement:
        quality = evidence.measurements.quality
        if quality is None:
            return Judgement(0.0, "the submission's text was not read", "the submission's text was not read")
        broken = next((one for one in quality.findings if one.rule in (*_NO_PYTHON, _UNREADABLE)), None)
        if broken is not None:
            why = f"is no Python (line {broken.line})" if broken.rule in _NO_PYTHON else f"can't be judged: {broken.message}"
            return Judgement(0.0, f"{broken.path} {why}", f"{broken.path} {why}")
        counts: Counter[str] = Counter()
        for finding in quality.findings:
            counts[finding.rule] += finding.times if self.covers(finding.rule) else 0
        counts = +counts
        scale = max(1.0, quality.lines / _LONG)
        cost = sum(self.each / 100 * (1 + math.log2(max(1.0, count / scale))) for count in counts.values())
        worst = ", ".join(f"{rule} {count}×" if count > 1 else rule for rule, count in counts.most_common(6))
        more = ", …" if len(counts) > 6 else ""
        account = f"{len(counts)} rules are broken: {worst}{more}" if counts else "no rule is broken"
        return Judgement(max(0.0, 1.0 - cost), account, account)

    def covers(self, rule: str) -> bool:
        """Whether a finding of this rule is this criterion's."""
        if rule == "layout":
            return self.layout
        if rule.startswith("type-"):
            return self.types
        if rule == _SUPPRESSION:
            return rule not in self.ignore
        return rule.startswith(self.rules) and not rule.startswith(self.ignore)
