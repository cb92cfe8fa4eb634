"""Criterion ``mutants``: which faulty programs a learner's tests catch."""

from __future__ import annotations

from typing import Literal

from .base import BaseCriterion, Evidence, Judgement, share_of_points

__all__ = ["MutantsCriterion"]


class MutantsCriterion(BaseCriterion):
    """Share of the faulty programs that the tests catch, times the share of the tests that are right.

    The second factor keeps one from guessing: out of a test for each possible answer, the right program would sort out all
    but the right one.
    """

    kind: Literal["mutants"] = "mutants"

    def judge(self, evidence: Evidence) -> Judgement:
        own = [test for test in evidence.tests if test.visibility == "public" and test.max_points > 0]
        mutants = [test for test in evidence.tests if test.visibility == "hidden"]
        right = sum(test.outcome == "passed" for test in own)
        if not own:
            return Judgement(0.0, "there are no tests", "there are no tests")
        caught = sum(test.outcome == "passed" for test in mutants)
        rightness = "" if right == len(own) else f", times {right} of {len(own)} tests that are right"
        return Judgement(
            share_of_points(mutants) * right / len(own),
            f"{caught} of {len(mutants)} faulty programs caught{rightness}",
            f"{right} of {len(own)} tests are right",
        )
