"""Criterion ``growth``: whether CPU time grows with the input no faster than the tests allow."""

from __future__ import annotations

from typing import Literal

from ...report import Growth
from ..growth import Verdict, judge_growth
from .base import BaseCriterion, Evidence, Judgement

__all__ = ["GrowthCriterion", "verdict_on"]


class GrowthCriterion(BaseCriterion):
    """The share of the tests marked ``scaling`` whose growth is not surely faster than allowed.

    What a program computes outside of these tests, at import above all, counts: who does much more of it than the reference
    does not show how the program grows.
    """

    kind: Literal["growth"] = "growth"

    def depends_on(self) -> dict[str, object]:
        return {"kind": self.kind}

    def judge(self, evidence: Evidence) -> Judgement:
        families = {test.family for test in evidence.tests if test.family is not None}
        measured = {growth.test: growth for growth in evidence.measurements.growth}
        kept = 0
        accounts = []
        for family in sorted(families):
            name = family.partition("::")[2]
            if family not in measured:
                accounts.append(f"{name} does not pass at all its sizes")
                continue
            verdict = verdict_on(measured[family])
            kept += not verdict.exceeds
            accounts.append(f"{name} {_words(measured[family], verdict)}")
        share = kept / len(families) if families else 1.0
        counts = f"{kept} of {len(families)} tests grow as is allowed"
        return Judgement(share, "; ".join(accounts), "how CPU time grows with the input", counts)


def verdict_on(growth: Growth) -> Verdict:
    """What a measured growth says."""
    calibration = (growth.reference, growth.reference_times) if growth.reference and growth.reference_times else None
    outside = list(zip(growth.outside, growth.reference_outside, strict=True))
    return judge_growth(growth.sizes, growth.cpu_times, growth.at_most, calibration, outside)


def _words(growth: Growth, verdict: Verdict) -> str:
    if verdict.elsewhere:
        return f"computes {verdict.elsewhere:.2f} s outside of the test or ahead of its sizes: how it grows can't be told"
    if verdict.found is None:
        return f"is too quick or too uneven to tell how it grows; {growth.at_most} is allowed"
    if verdict.exceeds:
        return f"grows like {verdict.found}, and only {growth.at_most} is allowed"
    if len(verdict.plausible) > 1:
        return f"{verdict}; {growth.at_most} is allowed"
    return f"{verdict}, as is allowed ({growth.at_most})"
