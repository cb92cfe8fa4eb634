"""Names of modules under which mypy takes all files of a submission at once."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Iterable

__all__ = ["importable"]

_RESERVED = frozenset(sys.stdlib_module_names) | {"typing_extensions", "mypy_extensions", "_typeshed", "__init__", "mypy"}
"""Top-level names that the language's own types come from; mypy refuses to work where somebody else has them."""
_LONGEST = 200


def importable(paths: Iterable[str]) -> dict[str, str]:
    """Paths by the paths that mypy gets: the same wherever they can be.

    mypy refuses all files because of one whose name is no module's, or stands for the same module as another. Such files
    and folders get other names beside the old place; nobody could import them under the old ones either.
    """
    return {new: old for old, new in _renamed("", "", sorted(paths))}


def _renamed(old: str, new: str, paths: list[str]) -> Iterable[tuple[str, str]]:
    """Old and new path of everything in a folder, whose own old and new path begin these."""
    folders: dict[str, list[str]] = {}
    for path in paths:
        if "/" in path:
            folder, _, rest = path.partition("/")
            folders.setdefault(folder, []).append(rest)
    entries = [*folders, *(path for path in paths if "/" not in path)]
    names = _names([(entry, entry in folders and _rank(folders[entry])) for entry in entries], top=not old)
    for entry, name in zip(entries, names, strict=True):
        if entry in folders:
            yield from _renamed(f"{old}{entry}/", f"{new}{name}/", folders[entry])
        else:
            yield old + entry, f"{new}{name}{'.pyi' if entry.endswith('.pyi') else '.py'}"


def _rank(inside: list[str]) -> int:
    return 1 if "__init__.py" in inside or "__init__.pyi" in inside else 4


def _names(entries: list[tuple[str, int | bool]], top: bool) -> list[str]:
    """A module name for each entry; a folder comes with its rank among those that want the same name."""
    ranks = [rank or (2 if name.endswith(".py") else 3) for name, rank in entries]
    stems = [name if rank else re.sub(r"(?i)\.pyi?w?$", "", name) for name, rank in entries]
    given: dict[int, str] = {}
    taken: set[str] = set()
    for index in sorted(range(len(entries)), key=lambda one: (not _is_module(stems[one], top), ranks[one], stems[one])):
        base = (
            stems[index] if _is_module(stems[index], top) else "m_" + re.sub(r"\W", "_", stems[index], flags=re.ASCII)[:50]
        )
        name, number = base, 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name)
        given[index] = name
    return [given[index] for index in range(len(entries))]


def _is_module(stem: str, top: bool) -> bool:
    return (
        stem.isidentifier()
        and not keyword.iskeyword(stem)
        and len(stem.encode()) <= _LONGEST
        and not (top and stem in _RESERVED)
    )
