"""Criteria: a family of small modules, one for each kind of line in a score."""

from .base import BaseCriterion
from .tests import TestsCriterion

__all__ = ["BaseCriterion", "Criterion", "TestsCriterion"]

Criterion = TestsCriterion
"""Any criterion. A new kind joins here, as a union told apart by ``kind``."""
