"""What the candidate may ask of the examiner: to call what a test passed in, and little else.

Everything here is asked by hostile code. An object of the test can be called, and its public attributes used, if it is not
of a kind through which the test itself could be reached (modules, frames, code, the interpreter's own).
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CodeType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodType,
    ModuleType,
    TracebackType,
)
from typing import Any
from unittest import mock

from ..objects.classes import plain_value
from ..objects.specials import SPECIALS, bind, call
from ..wire.errors import CannotCross, ProtocolViolation

__all__ = ["Servant", "refuse"]

_POWERFUL = frozenset(
    {eval, exec, compile, open, getattr, setattr, delattr, vars, globals, locals, dir, input, breakpoint, __import__}
)
"""Built-in functions that would give their caller the run of the examiner."""
_NEVER = (ModuleType, FrameType, CodeType, TracebackType)
_CALL_ONLY = (FunctionType, MethodType, BuiltinFunctionType)
_NAMES = frozenset({"__name__", "__doc__", "__qualname__"})
_INTERNAL_PREFIXES = ("gi_", "cr_", "ag_", "f_", "tb_", "co_", "func_", "im_")
_MOCK_NAMES = frozenset(dir(mock.NonCallableMock)) | {"side_effect", "return_value", "method_calls", "mock_calls"}
_STDIN = frozenset({"read", "readline"})


def refuse(value: Any) -> None:
    """Raise ``CannotCross`` for what the learner's code must never hold, even as a handle."""
    if isinstance(value, _NEVER) or (isinstance(value, BuiltinFunctionType) and value in _POWERFUL):
        raise CannotCross(
            f"a test can't pass {getattr(value, '__name__', 'this')!r}, a {type(value).__name__}, to the submission: "
            "pass a function or an object of the test's own instead"
        )


class Servant:
    """Carries out the candidate's requests."""

    _whose = "test"

    def __init__(self) -> None:
        self._operations: dict[str, Callable[..., Any]] = {
            "call": lambda names, target, *values: call(target, values, names),
            "special": self._special,
            "getattr": self._getattr,
            "setattr": self._setattr,
            "dir": lambda detail, target: [name for name in dir(target) if not name.startswith("_")],
            "plain": lambda detail, target: plain_value(target),
            "class": self._class,
            "input": lambda detail, prompt: builtins.input(prompt),
            "stdin": self._stdin,
            "output": lambda detail: None,
        }

    def serve(self, operation: str, detail: Any, values: list[Any]) -> Any:
        if operation not in self._operations:
            raise CannotCross(f"objects of a {self._whose} have no operation {operation!r}")
        return self._operations[operation](detail, *values)

    def _special(self, detail: list[str], target: Any, *values: Any) -> Any:
        name, *names = detail
        if name not in SPECIALS or isinstance(target, type):
            raise ProtocolViolation(f"special method {name}")
        return call(bind(target, name), values, names)

    def _class(self, name: str, target: type, *values: Any) -> Any:
        operations: dict[str, Callable[..., Any]] = {"iter": list, "len": len, "getitem": lambda cls, key: cls[key]}
        return operations[name](target, *values)

    def _getattr(self, name: str, target: Any) -> Any:
        self._check(name, target)
        return getattr(target, name)

    def _setattr(self, name: str, target: Any, value: Any) -> None:
        self._check(name, target)
        if name in _NAMES or isinstance(target, type) or not hasattr(target, "__dict__"):
            raise AttributeError(f"attribute {name!r} of a {type(target).__name__} of the {self._whose} can't be set")
        setattr(target, name, value)

    def _check(self, name: str, target: Any) -> None:
        if name in _NAMES:
            return
        private = name.startswith("_") or name.startswith(_INTERNAL_PREFIXES)
        steering = isinstance(target, mock.NonCallableMock) and name in _MOCK_NAMES
        if private or steering or isinstance(target, _CALL_ONLY):
            raise AttributeError(f"{type(target).__name__!r} object of the {self._whose} has no attribute {name!r} here")
        if isinstance(target, GeneratorType | CoroutineType | AsyncGeneratorType) and name not in ("send", "close"):
            raise AttributeError(f"a generator of the {self._whose} has no attribute {name!r} here")

    def _stdin(self, method: str, size: int = -1) -> str:
        if method not in _STDIN:
            raise ProtocolViolation(f"method {method} of standard input")
        return getattr(sys.stdin, method)(size)
