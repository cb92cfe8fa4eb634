"""Scores: a pure function of what the tests gave and the assignment's criteria."""

from .score import Score, score_tests

__all__ = ["Score", "score_tests"]
