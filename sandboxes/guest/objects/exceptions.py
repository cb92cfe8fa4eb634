"""Exceptions on their way across: which are known on both sides, and how to rebuild one."""

from __future__ import annotations

import builtins
import re
import sys
from typing import Any

__all__ = [
    "KNOWN_BUILTINS",
    "MOST_IN_GROUP",
    "PLACE",
    "contents",
    "exception_name",
    "holds",
    "known_exception",
    "notes",
    "rebuild",
]

PLACE = re.compile(r"[\w.]+\.<locals>\.")
"""The function in which something was defined: most often a test."""
MOST_IN_GROUP = 1_000
"""Exceptions in a group, and in the groups in it."""
_MOST_NOTES, _LONGEST_NOTE = 20, 2_000
# These would steer what runs the tests instead of telling a test something, so they arrive as strangers.
_STEERING_MODULES = frozenset({"unittest", "bdb", "pdb", "doctest", "__main__"})
_STANDARD = frozenset(sys.stdlib_module_names)
_MESSAGE: Any = vars(BaseExceptionGroup)["message"]
_EXCEPTIONS: Any = vars(BaseExceptionGroup)["exceptions"]
KNOWN_BUILTINS = {
    f"builtins.{name}": value
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}


def exception_name(cls: type) -> str | None:
    """The name by which the other side knows an exception class, or ``None`` when it can't."""
    name = f"{cls.__module__}.{cls.__qualname__}"
    return name if known_exception(name) is cls else None


def known_exception(name: str) -> type[BaseException] | None:
    """The exception class of the standard library with this name, if its module is loaded here already.

    Nothing is imported for a name: the name may come from a hostile side.
    """
    if name in KNOWN_BUILTINS:
        return KNOWN_BUILTINS[name]
    module_name, _, attribute = name.rpartition(".")
    package = module_name.partition(".")[0]
    if package not in _STANDARD or package in _STEERING_MODULES:
        return None
    module = sys.modules.get(module_name)
    found = vars(module).get(attribute) if module else None
    return found if isinstance(found, type) and issubclass(found, Exception) else None


def holds(error: BaseException | None, kinds: tuple[type[BaseException], ...]) -> bool:
    """Whether an exception is of one of these kinds, or a group with such a one in it."""
    if isinstance(error, BaseExceptionGroup):
        return any(holds(inner, kinds) for inner in contents(error)[1])
    return isinstance(error, kinds)


def contents(group: BaseExceptionGroup[Any]) -> tuple[str, tuple[BaseException, ...]]:
    """A group's text and exceptions, whatever its class makes of them."""
    return _MESSAGE.__get__(group), _EXCEPTIONS.__get__(group)


def notes(error: BaseException) -> tuple[str, ...]:
    """The notes on an exception (PEP 678): the first twenty, of 2,000 characters each."""
    found = error.__dict__.get("__notes__")
    if type(found) is not list:
        return ()
    return tuple(note[:_LONGEST_NOTE] for note in found[:_MOST_NOTES] if type(note) is str)


def rebuild(cls: type[BaseException], args: tuple[Any, ...]) -> BaseException:
    """An instance of ``cls`` with these arguments, made without running an ``__init__`` written in Python."""
    if issubclass(cls, BaseExceptionGroup) and len(args) == 2 and type(args[1]) is tuple:
        args = (args[0], list(args[1]))
    try:
        error = cls.__new__(cls, *args)
        if cls in KNOWN_BUILTINS.values():
            cls.__init__(error, *args)
    except Exception:
        error = _made(cls, args)
    error.args = args
    return error


def _made(cls: type[BaseException], args: tuple[Any, ...]) -> BaseException:
    """An instance made by the first base that can: of two built-in ones, only one knows how such objects lie in memory."""
    for base in cls.__mro__:
        for arguments in (args, ()):
            try:
                return base.__new__(cls, *arguments)
            except Exception:
                continue
    return Exception()
