"""Runs that were disturbed: whose doing it was, and whether to try again.

From outside, a program that kills itself and one that something else killed look the same; so do an examiner's process that
a submission brought down and one that the machine did. Two things tell: a submission does it again in the same place, and
the reference, run in between, does not meet it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from .errors import OUTSIDE, JudgeEnded, SandboxFailure
from .examiner import Examiner
from .keeper import ExaminerKeeper
from .session import Session
from .suite import Test

__all__ = ["Attempts", "Doubts"]

_FAILURES = 2
_DISTURBANCES = 4
_SURE = 3
"""How often a program has to end in the same place."""
_MOST_BLAMED = 3
_BLAME = "what the program answered ended the process that judges it, again and again"


class Doubts:
    """Remembers in which places the runs of one program were ended by something that may have been its own doing, or not.

    Args:
        reference_goes_through: Whether the reference can be run so many times without being disturbed.
    """

    def __init__(self, reference_goes_through: Callable[[int], bool] = lambda times: False) -> None:
        self._reference_goes_through = reference_goes_through
        self._disturbed: list[frozenset[str]] = []

    def are_settled(self, places: frozenset[str]) -> bool:
        """Whether a run that was ended in these places counts; if not, it is to be tried again.

        Raises:
            SandboxFailure: Something else keeps ending programs here.
        """
        self._disturbed.append(places)
        # Twice may be chance, where something kills containers; a wrong score would be worse than a late one.
        if not places or self._disturbed.count(places) == _SURE:
            return True
        if len(self._disturbed) < _DISTURBANCES:
            return False
        if self._reference_goes_through(_DISTURBANCES):
            return True
        raise SandboxFailure(
            f"in each of {_DISTURBANCES} runs the program was killed in another place ({min(places)}): "
            "is this machine short of memory, or does something kill its containers?"
        )


class Attempts:
    """Runs one submission until a run counts.

    Args:
        examiners: Hold the tests.
        begin: Makes a session, given the tests that are not to be run and why.
        reference_goes_through: Whether the reference can be run so many times without being disturbed.
        patience: Seconds after which a submission that ends the process which judges it is given up.
    """

    def __init__(
        self,
        examiners: ExaminerKeeper,
        begin: Callable[[Examiner, Mapping[str, str]], Session],
        reference_goes_through: Callable[[int], bool],
        patience: float,
    ) -> None:
        self._until = time.monotonic() + patience
        self._examiners = examiners
        self._begin = begin
        self._reference_goes_through = reference_goes_through
        self._blamed: dict[str, str] = {}
        self._doubts = Doubts(reference_goes_through)
        self._ended: list[str] = []
        self._failures = 0

    def run(self, tests: tuple[Test, ...] | None) -> Session:
        """The session that counts, ended; without tests, one that only collects them.

        Raises:
            SandboxFailure: The grader could not do its work, again and again.
        """
        while True:
            session = self._begin(self._examiners.ready(), self._blamed)
            try:
                session.run(tests)
            except SandboxFailure as failure:
                lost = session.examiner.lost
                if lost:
                    self._examiners.give_up(session.examiner)
                # Where the whole examiner went, something else ended it: a submission reaches one process of it.
                if isinstance(failure, JudgeEnded) and not lost:
                    self._blame(failure)
                else:
                    self._count(failure)
                if OUTSIDE in self._blamed:
                    return session
            else:
                if self._doubts.are_settled(frozenset(session.doubtful)):
                    return session

    def _count(self, failure: SandboxFailure) -> None:
        self._failures += 1
        if self._failures == _FAILURES:
            raise failure

    def _blame(self, ended: JudgeEnded) -> None:
        """Blame the submission for the end of the process that judged it, or raise ``ended``, if it is to blame for that."""
        late = time.monotonic() > self._until
        again = ended.place in self._ended
        self._ended.append(ended.place)
        if not again and len(self._ended) < _DISTURBANCES and not late:
            return
        if not self._reference_goes_through(1):
            raise ended
        self._blamed[ended.place if len(self._blamed) < _MOST_BLAMED and not late else OUTSIDE] = _BLAME
        self._ended.clear()
