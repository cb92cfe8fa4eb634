"""Static tools on a submission: what it does to them is a finding, and no failure of ours."""

from __future__ import annotations

from collections.abc import Mapping

from .errors import SandboxFailure
from .keeper import ExaminerKeeper
from .suite import Found, Inspected, Suite

__all__ = ["inspect"]

_ATTEMPTS = 2
_REASON = "the tools that read it came to an end"


def inspect(examiners: ExaminerKeeper, suite: Suite, files: Mapping[str, bytes]) -> Inspected | None:
    """What static tools find in a submission; None where the suite asks for none.

    Text over which they stumble again and again, though they read the reference, is found unreadable.

    Raises:
        SandboxFailure: The grader could not do its work.
    """
    if suite.inspection is None:
        return None
    for _ in range(_ATTEMPTS):
        examiner = examiners.ready()
        try:
            return examiner.inspect(files, suite.inspection)
        except SandboxFailure:
            if examiner.lost:
                examiners.give_up(examiner)
    known = examiners.ready().inspect(suite.reference, suite.inspection)
    findings = tuple(Found("unreadable", path, 1, _REASON, None) for path in sorted(files))
    return Inspected(known.tools, findings, tuple(sorted(files)))
