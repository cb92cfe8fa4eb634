"""Text from submissions on a terminal."""

from __future__ import annotations

__all__ = ["plain"]

_CONTROLS = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)), "�")


def plain(text: str) -> str:
    """The text without control characters: what a submission says must not steer the reader's terminal."""
    return text.translate(_CONTROLS)
