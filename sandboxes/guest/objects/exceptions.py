"""Exceptions on their way across: which are known on both sides, and how to rebuild one."""

from __future__ import annotations

import builtins
import re
import sys
from typing import Any

__all__ = ["KNOWN_BUILTINS", "PLACE", "exception_name", "known_exception", "rebuild"]

PLACE = re.compile(r"[\w.]+\.<locals>\.")
"""The function in which something was defined: most often a test."""
# These would steer pytest itself instead of telling the test something, so they arrive as strangers.
_STEERING = frozenset({"builtins.KeyboardInterrupt", "builtins.GeneratorExit"})
_STEERING_MODULES = frozenset({"unittest", "bdb", "pdb", "doctest", "__main__"})
_STANDARD = frozenset(sys.stdlib_module_names)
KNOWN_BUILTINS = {
    f"builtins.{name}": value
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException) and f"builtins.{name}" not in _STEERING
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
    if name in _STEERING or package not in _STANDARD or package in _STEERING_MODULES:
        return None
    module = sys.modules.get(module_name)
    found = vars(module).get(attribute) if module else None
    return found if isinstance(found, type) and issubclass(found, Exception) else None


def rebuild(cls: type[BaseException], args: tuple[Any, ...]) -> BaseException:
    """An instance of ``cls`` with these arguments, made without running an ``__init__`` written in Python."""
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
