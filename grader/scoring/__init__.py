"""Scores: a pure function of what was found and the assignment's settings."""

from .score import Score, rescore, score_evidence

__all__ = ["Score", "rescore", "score_evidence"]
