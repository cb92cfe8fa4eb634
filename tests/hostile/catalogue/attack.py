"""One attack of the catalogue that is a submission. The families beside this file are lists of them.

To add one, look at a neighbour: a name that is a sentence, where the trick is known from, the text of ``work.py``, and what it
earns. The tests that it meets, the functions it may define and the limits stand in ``arenas.py``; what learners' code may use to
speak the wire in ``prelude.py`` (``import spy``).
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["REVIEW", "Attack"]

REVIEW = "found by review of this project"
_LOADED = '\nLOADED = "yes"\n'


@dataclass(frozen=True)
class Attack:
    """A submission that wants what it has not done, and what must become of it.

    It must never make the grading ``failed``, show a marker of the hidden tests or of another learner, or say ``escaped:``.

    Attributes:
        name: What it does.
        known: Where the trick is known from.
        work: Text of ``work.py``. The runner adds a last line, which ``test_loads`` sees: the attack was really made.
        earns: The tests that pass, and no others.
        arena: The assignment that it is handed in for.
        others: Text of further files.
        then: Text of ``work.py`` of the submission after it, which gets what the first may have left. It must earn
            ``test_loads`` alone, and show as little.
        says: What the message of some test must have in it, where it matters that the learner is told.
    """

    name: str
    known: str
    work: str
    earns: str = "test_loads"
    arena: str = "lessons"
    others: Mapping[str, str] = field(default_factory=dict)
    then: str | None = None
    says: str = ""

    def files(self) -> dict[str, bytes]:
        """What is handed in."""
        return files(self.work, self.others)

    def after(self) -> dict[str, bytes]:
        """What is handed in after it."""
        assert self.then is not None
        return files(self.then, {})


def files(work: str, others: Mapping[str, str]) -> dict[str, bytes]:
    """A submission with a last line in ``work.py`` that shows that all above it was run."""
    texts = {"work.py": textwrap.dedent(work) + _LOADED, **{name: textwrap.dedent(text) for name, text in others.items()}}
    return {name: text.encode("utf-8", "surrogateescape") for name, text in texts.items()}
