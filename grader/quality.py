"""What static tools find in a submission's text, as the report keeps it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from sandboxes.errors import SandboxFailure
from sandboxes.suite import Inspected, Inspection

from .assignment import Assignment
from .errors import AssignmentError
from .report import Finding, Quality
from .scoring.criteria import Criterion, StyleCriterion

__all__ = ["check_rules", "inspection_for", "quality_of"]

_UNKNOWN = re.compile(r"Unknown rule selector `([^`]*)`")


def inspection_for(criteria: Sequence[Criterion], program: str) -> Inspection | None:
    """What static tools have to look for; ``program`` is the submission's main file."""
    style = next((one for one in criteria if isinstance(one, StyleCriterion)), None)
    if style is None:
        return None
    return Inspection(style.rules, style.ignore, style.line_length, style.complexity, style.layout, style.types, program)


def check_rules(assignment: Assignment, inspect: Callable[[Mapping[str, bytes]], Inspected | None]) -> None:
    """Have the tools read nothing, to see that they know the rules of their own that an assignment names.

    Raises:
        AssignmentError: They don't.
        SandboxFailure: The grader could not do its work.
    """
    styles = (one for one in assignment.settings.criterion if isinstance(one, StyleCriterion))
    if not any("rules" in one.model_fields_set for one in styles):
        return
    try:
        inspect({})
    except SandboxFailure as failure:
        unknown = _UNKNOWN.search(str(failure))
        if unknown is None:
            raise
        message = f"the criterion 'style' names {unknown[1]!r} in 'rules', and ruff has no rule that begins so"
        raise AssignmentError(assignment.root / "assignment.toml", message) from None


def quality_of(inspected: Inspected | None, files: Mapping[str, bytes]) -> Quality | None:
    """What was found in a submission's files; None if nothing was looked for."""
    if inspected is None:
        return None
    return Quality(
        tools=inspected.tools,
        lines=sum(_lines(files[path]) for path in inspected.read),
        findings=tuple(
            Finding(rule=one.rule, path=one.path, line=one.line, message=one.message, url=one.address, times=one.times)
            for one in inspected.findings
        ),
    )


def _lines(data: bytes) -> int:
    """Lines that are neither empty nor a comment alone."""
    lines = (line.strip() for line in data.splitlines())
    return sum(1 for line in lines if line and not line.startswith(b"#"))
