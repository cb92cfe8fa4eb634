"""What static tools find in a submission's text, as the report keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sandboxes.suite import Inspected, Inspection

from .report import Finding, Quality
from .scoring.criteria import Criterion, StyleCriterion

__all__ = ["inspection_for", "quality_of"]


def inspection_for(criteria: Sequence[Criterion]) -> Inspection | None:
    """What static tools have to look for."""
    style = next((one for one in criteria if isinstance(one, StyleCriterion)), None)
    if style is None:
        return None
    return Inspection(style.rules, style.ignore, style.line_length, style.complexity, style.layout, style.types)


def quality_of(inspected: Inspected | None, files: Mapping[str, bytes]) -> Quality | None:
    """What was found in a submission's files; None if nothing was looked for."""
    if inspected is None:
        return None
    return Quality(
        tools=inspected.tools,
        lines=sum(_lines(data) for path, data in files.items() if path.endswith(".py")),
        findings=tuple(
            Finding(rule=one.rule, path=one.path, line=one.line, message=one.message, url=one.address)
            for one in inspected.findings
        ),
    )


def _lines(data: bytes) -> int:
    """Lines that are neither empty nor a comment alone."""
    lines = (line.strip() for line in data.splitlines())
    return sum(1 for line in lines if line and not line.startswith(b"#"))
