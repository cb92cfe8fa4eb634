"""What all criteria have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import Field

from ...model import Model
from ...patterns import test_matches
from ...report import CriterionResult, Measurements, TestResult, Visibility

__all__ = ["BaseCriterion", "Evidence", "Gate", "Judgement", "Refusal", "share_of_points"]


@dataclass(frozen=True)
class Evidence:
    """What a submission is judged by.

    Attributes:
        tests: Results of all tests.
        measurements: What was measured beyond them.
    """

    tests: tuple[TestResult, ...]
    measurements: Measurements


@dataclass(frozen=True)
class Judgement:
    """What a criterion finds.

    Attributes:
        share: From 0 to 1.
        detail: How it came about, for the learner.
        discreet: The same without names and numbers of tests, for those who may not know of hidden ones.
        counts: The same without names of tests; None where ``detail`` names none.
    """

    share: float
    detail: str
    discreet: str
    counts: str | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a line does not count.

    Attributes:
        detail: In a few words.
        counts: The same without names of tests.
    """

    detail: str
    counts: str


class Gate(Model):
    """``needs``: what has to be reached before a line counts."""

    visibility: Visibility | None = Field(default=None, description="Of only public or only hidden tests; default both.")
    tests: tuple[str, ...] = Field(default=(), strict=False, description="Patterns of tests; default all.")
    at_least: float = Field(default=100.0, gt=0, le=100, description="Percent of these tests' points.")

    def refusal(self, tests: Iterable[TestResult]) -> Refusal | None:
        """Why the line does not count; None if it does."""
        wanted = [
            test
            for test in tests
            if self.visibility in (None, test.visibility) and (not self.tests or test_matches(test.id, self.tests))
        ]
        reached = 100.0 * share_of_points(wanted)
        if reached >= self.at_least:
            return None
        which = f"{self.visibility} tests" if self.visibility else "tests"
        named = f" {', '.join(self.tests)}" if self.tests else ""
        wanted_share = "all points" if self.at_least == 100 else f"{self.at_least:g} % of the points"
        account = f"it needs {wanted_share} of the {which}{named}, which have {reached:.0f} %"
        # Of tests that are named, a share says what became of each.
        return Refusal(account, f"it needs {wanted_share} of certain {which}" if named else account)


class BaseCriterion(Model):
    """One line of the score.

    Subclasses have a ``kind`` that names them in the assignment file.
    """

    kind: str
    name: str | None = Field(default=None, description="What people read instead of the kind.")
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False, description="What the line is worth.")
    bonus: bool = Field(default=False, description="Whether it adds to the score but not to the maximum.")
    needs: Gate | None = Field(default=None, description="What has to be reached before the line counts.")

    def depends_on(self) -> dict[str, object]:
        """What has to be measured anew when it changes; everything else is found out from the report alone."""
        return {}

    @abstractmethod
    def judge(self, evidence: Evidence) -> Judgement:
        """What the evidence is worth, from 0 to 1, and why."""

    def apply(self, evidence: Evidence) -> CriterionResult:
        """The line of the score."""
        judgement = self.judge(evidence)
        refusal = self.needs.refusal(evidence.tests) if self.needs else None
        counts = judgement.counts or judgement.detail
        score = round(self.weight * judgement.share, 4)
        return CriterionResult(
            kind=self.kind,
            name=self.name,
            weight=self.weight,
            score=0.0 if refusal else score,
            max_score=self.weight,
            bonus=self.bonus,
            detail=f"{judgement.detail}: not counted, {refusal.detail}" if refusal else judgement.detail,
            counts=f"{counts}: not counted, {refusal.counts}" if refusal else counts,
            discreet=f"{judgement.discreet}: not counted" if refusal else judgement.discreet,
        )


def share_of_points(tests: Iterable[TestResult]) -> float:
    """Earned share of the tests' points; 1 where nothing was asked."""
    counted = [test for test in tests if test.max_points > 0]
    most = sum(test.max_points for test in counted)
    return sum(test.points for test in counted) / most if most else 1.0
