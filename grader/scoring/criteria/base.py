"""What all criteria have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from pydantic import Field

from ...model import Model
from ...report import CriterionResult, TestResult

__all__ = ["BaseCriterion"]


class BaseCriterion(Model):
    """One line of the score.

    Subclasses have a ``kind`` that names them in the assignment file.
    """

    kind: str
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False, description="What the line is worth.")

    @abstractmethod
    def apply(self, tests: Sequence[TestResult]) -> CriterionResult:
        """Score the tests' results."""
