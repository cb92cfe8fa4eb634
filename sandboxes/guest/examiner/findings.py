"""What a tool finds, as it crosses to the worker."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["MESSAGE_LIMIT", "Finding"]

MESSAGE_LIMIT = 500


class Finding(NamedTuple):
    """Something that a tool found.

    Attributes:
        rule: Which rule is broken.
        path: File.
        line: Counted from 1.
        message: What is wrong.
        address: Where the rule is explained.
        times: How many places it stands for: this one, and others that are not listed.
    """

    rule: str
    path: str
    line: int
    message: str
    address: str | None
    times: int = 1
