"""Criteria: a family of small modules, one for each kind of line in a score."""

from typing import Annotated

from pydantic import Field

from .base import BaseCriterion, Evidence, Gate
from .costs import EfficiencyCriterion, MemoryCriterion
from .growth import GrowthCriterion
from .mutants import MutantsCriterion
from .style import StyleCriterion
from .tests import TestsCriterion

__all__ = [
    "BaseCriterion",
    "Criterion",
    "EfficiencyCriterion",
    "Evidence",
    "Gate",
    "GrowthCriterion",
    "MemoryCriterion",
    "MutantsCriterion",
    "StyleCriterion",
    "TestsCriterion",
]

Criterion = Annotated[
    TestsCriterion | EfficiencyCriterion | GrowthCriterion | MemoryCriterion | MutantsCriterion | StyleCriterion,
    Field(discriminator="kind"),
]
"""Any criterion, told apart by ``kind``. A new kind joins here."""
