"""Patterns that name tests and files in an assignment."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

__all__ = ["file_matches", "test_matches"]


def test_matches(test_id: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern names a test: by its function (``test_deposit*``), ``Class::test`` or whole id.

    Parameters in brackets belong to a name only when the pattern has brackets, too.
    """
    parts = test_id.split("::")
    names = {test_id, parts[-1], "::".join(parts[1:])}
    names |= {name.partition("[")[0] for name in names}
    return any(fnmatchcase(name, _literal_brackets(pattern)) for pattern in patterns for name in names)


def file_matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern names a file: without a slash by its name in any folder, with one by its whole path."""
    name = path.rpartition("/")[2]
    return any(fnmatchcase(path if "/" in pattern else name, pattern) for pattern in patterns)


def _literal_brackets(pattern: str) -> str:
    # Brackets in test ids are parameters, not character classes.
    return pattern.replace("[", "[[]")
