"""Criterion ``tests``: points of passed tests over all points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from ...report import CriterionResult, TestResult, Visibility
from .base import BaseCriterion

__all__ = ["TestsCriterion"]


class TestsCriterion(BaseCriterion):
    """Correctness. Where no test has points, nothing was asked and the line is full."""

    kind: Literal["tests"] = "tests"
    visibility: Visibility | None = Field(default=None, description="Only public or only hidden tests; default both.")

    def apply(self, tests: Sequence[TestResult]) -> CriterionResult:
        counted = [test for test in tests if self.visibility in (None, test.visibility) and test.max_points > 0]
        most = sum(test.max_points for test in counted)
        earned = sum(test.points for test in counted)
        passed = sum(test.outcome == "passed" for test in counted)
        kind = f"{self.visibility} tests" if self.visibility else "tests"
        points = "" if most == len(counted) else f", {earned:g} of {most:g} points"
        return CriterionResult(
            kind=self.kind,
            weight=self.weight,
            score=round(self.weight * earned / most, 4) if most else self.weight,
            max_score=self.weight,
            detail=f"{passed} of {len(counted)} {kind}{points}",
        )
