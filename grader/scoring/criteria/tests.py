"""Criterion ``tests``: earned points of the tests over all points."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ...patterns import test_matches
from ...report import Visibility
from .base import BaseCriterion, Evidence, Judgement, share_of_points

__all__ = ["TestsCriterion"]


class TestsCriterion(BaseCriterion):
    """Correctness. Where no test has points, nothing was asked and the line is full."""

    kind: Literal["tests"] = "tests"
    visibility: Visibility | None = Field(default=None, description="Only public or only hidden tests; default both.")
    tests: tuple[str, ...] = Field(default=(), strict=False, description="Patterns of tests; default all.")

    def judge(self, evidence: Evidence) -> Judgement:
        counted = [
            test
            for test in evidence.tests
            if self.visibility in (None, test.visibility)
            and (not self.tests or test_matches(test.id, self.tests))
            and test.max_points > 0
        ]
        most = sum(test.max_points for test in counted)
        earned = sum(test.points for test in counted)
        passed = sum(test.outcome == "passed" for test in counted)
        kind = f"{self.visibility} tests" if self.visibility else "tests"
        points = "" if most == len(counted) and earned == passed else f", {earned:g} of {most:g} points"
        return Judgement(
            share_of_points(counted), f"{passed} of {len(counted)} {kind}{points}", "hidden tests are not shown"
        )
