"""What learners' tests may ask of the program they are tried on: to use its public names, and nothing else.

The tests are hostile. By nothing but what it does may they find out which program they have before them (the right one, or
which of the faulty ones), and they must not reach the process that it runs in.
"""

from __future__ import annotations

import copy
import functools
import importlib
import sys
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, Protocol

from ..wire.errors import CannotCross
from .clock import Clock
from .program_source import ProgramSource
from .servant import Servant
from .servant import refuse as refuse_powerful

__all__ = ["Exposed", "Listener"]

_OPEN = frozenset(
    {
        *("builtins", "array", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools"),
        *("itertools", "numpy", "operator", "random", "re", "statistics", "threading", "_thread", "types", "uuid"),
    }
)
"""Modules whose objects, not whose functions or classes, may be handed to tests."""


class Listener(Protocol):
    """Hears what the tests say of themselves; each answer is whether they shall go on."""

    def collected(self, detail: Any) -> bool: ...

    def started(self, detail: Any) -> bool: ...

    def finished(self, detail: Any) -> bool: ...


class Exposed(Servant):
    """Carries out the tests' requests.

    Args:
        program: The program.
        clock: Ends what takes too long.
        listener: See there.
    """

    _whose = "program"

    def __init__(self, program: ProgramSource, clock: Clock, listener: Listener) -> None:
        super().__init__()
        self._program = program
        self._clock = clock
        for name in ("input", "stdin", "output"):
            del self._operations[name]
        self._operations |= {
            "import": self._import,
            "find": program.has,
            "copy": lambda detail, target: copy.copy(target),
            "deepcopy": lambda detail, target: copy.deepcopy(target),
        }
        self._reports: dict[str, Callable[[Any], bool]] = {
            "collected": listener.collected,
            "started": listener.started,
            "finished": listener.finished,
        }

    def serve(self, operation: str, detail: Any, values: list[Any]) -> Any:
        if operation in self._reports:
            return self._reports[operation](detail)
        with self._clock.running():
            return super().serve(operation, detail, values)

    def refuse(self, value: Any) -> None:
        """Raise ``CannotCross`` for what tests must not hold."""
        if isinstance(value, ModuleType):
            if self._is_own(value):
                return
            raise CannotCross(f"module {value.__name__} is not part of the program")
        refuse_powerful(value)
        if isinstance(value, functools.partial):
            self.refuse(value.func)
        elif not self._may_leave(value):
            name = getattr(value, "__qualname__", None) or f"an object of class {type(value).__qualname__}"
            raise CannotCross(f"{name} is something that the program uses, not a part of it")

    def _may_leave(self, value: Any) -> bool:
        if isinstance(value, BuiltinFunctionType) and not isinstance(value.__self__, ModuleType | type(None)):
            return self._may_leave(value.__self__)  # a method of an object
        if isinstance(value, MethodType):
            return self._may_leave(value.__self__)
        if isinstance(value, type | FunctionType | BuiltinFunctionType):
            return self._program.has(value.__module__)
        home = type(value).__module__
        return self._program.has(home) or home.partition(".")[0] in _OPEN

    def _is_own(self, module: ModuleType) -> bool:
        return self._program.has(module.__name__) and sys.modules.get(module.__name__) is module

    def _import(self, name: str) -> tuple[ModuleType, list[str], bool]:
        if not self._program.has(name):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        module = importlib.import_module(name)
        names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
        return module, [name for name in names if isinstance(name, str)], hasattr(module, "__path__")

    def _check(self, name: str, target: Any) -> None:
        if isinstance(target, ModuleType) and not name.startswith("_"):
            return
        super()._check(name, target)
