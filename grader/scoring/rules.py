"""How lines become a score, and scores become levels: ``[score]`` and ``[bands]``."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Literal

from pydantic import Field, model_validator

from ..model import Model
from ..report import Level

__all__ = ["Bands", "ScoreRules"]

_ROUNDING = {"half-up": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}


class ScoreRules(Model):
    """``[score]``: rounding, and whether bonus lines may lift a score above the maximum."""

    decimals: int = Field(default=2, ge=0, le=4)
    rounding: Literal["half-up", "up", "down"] = "half-up"
    above_maximum: bool = Field(default=False, description="Whether bonus lines may lift the score above the maximum.")

    def total(self, points: float, maximum: float) -> float:
        """The score that these points make."""
        kept = points if self.above_maximum else min(points, maximum)
        # Six decimals first: what floats add up to is not to be rounded up for its last bit.
        exact = Decimal(repr(round(kept, 6)))
        return float(exact.quantize(Decimal(1).scaleb(-self.decimals), _ROUNDING[self.rounding]))


class Bands(Model):
    """``[bands]``: percent from which a competency has a level; below the first it is emerging."""

    developing: float = Field(default=40.0, ge=0, le=100)
    proficient: float = Field(default=70.0, ge=0, le=100)
    mastered: float = Field(default=90.0, ge=0, le=100)

    @model_validator(mode="after")
    def _ordered(self) -> Bands:
        if not self.developing <= self.proficient <= self.mastered:
            raise ValueError("the thresholds have to ascend: developing, proficient, mastered")
        return self

    def level(self, share: float) -> Level:
        """The level of a share from 0 to 1."""
        percent = round(100 * share, 6)
        if percent >= self.mastered:
            return "mastered"
        if percent >= self.proficient:
            return "proficient"
        return "developing" if percent >= self.developing else "emerging"
