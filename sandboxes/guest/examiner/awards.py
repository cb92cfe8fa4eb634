"""The ``score`` fixture: partial credit inside a test."""

from __future__ import annotations

__all__ = ["Awards", "Score"]

_REASON_LIMIT = 500


class Score:
    """What one test awards. After its end, what a program kept of it awards nothing."""

    def __init__(self) -> None:
        self._given: list[tuple[float, str]] = []

    def award(self, share: float, reason: str = "") -> None:
        """Give a share of the test's points. The highest share given counts, whether the test then passes or fails.

        Args:
            share: From 0 to 1.
            reason: For the learner.

        Raises:
            ValueError: The share is none.
        """
        share = float(share)
        if not 0 <= share <= 1:
            raise ValueError(f"score.award({share!r}): a share of a test's points is from 0 to 1")
        self._given.append((share, str(reason)[:_REASON_LIMIT]))


class Awards:
    """What the test that runs has awarded.

    Attributes:
        score: For the test that runs.
    """

    def __init__(self) -> None:
        self.score = Score()

    def take(self) -> list[tuple[float, str]]:
        """What was given since the last time; another test begins."""
        given, self.score = self.score._given, Score()
        return given
