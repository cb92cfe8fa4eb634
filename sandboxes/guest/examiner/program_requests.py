"""What learners' tests may ask of the program they are tried on: to use its public names, and nothing else.

The tests are hostile. By nothing but what it does may they find out which program they have before them (the right one, or
which of the faulty ones), and they must not reach the process that it runs in.
"""

from __future__ import annotations

import copy
import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, Protocol

from ..wire.messages import Handles
from .capabilities import Capabilities
from .clock import Clock
from .kinds import Kind
from .operations import OPERATIONS, Operation
from .program_source import ProgramSource
from .requests import RequestHandler

__all__ = ["PROGRAM_OPERATIONS", "Listener", "ProgramRequestHandler"]


def _is_text(detail: Any) -> bool:
    return type(detail) is str


def _is_map(detail: Any) -> bool:
    return type(detail) is dict


def _is_anything(detail: Any) -> bool:
    return True


_COPIED = frozenset({"object", "library", "iterator"})
PROGRAM_OPERATIONS = {
    **{name: known for name, known in OPERATIONS.items() if name not in ("input", "stdin", "output")},
    "import": Operation("imports a module of the program", _is_text, (0, 0), target=False),
    "find": Operation("tells whether the program has a module", _is_text, (0, 0), target=False),
    "copy": Operation(
        "copies the target", lambda detail: detail is None, (1, 1), allowed=lambda kind, detail: kind.name in _COPIED
    ),
    "deepcopy": Operation(
        "copies the target and what it holds",
        lambda detail: detail is None,
        (1, 1),
        allowed=lambda kind, detail: kind.name in _COPIED,
    ),
    "collected": Operation("tells which tests there are", _is_map, (0, 0), target=False),
    "started": Operation("tells that a test begins", _is_anything, (0, 0), target=False),
    "finished": Operation("tells what became of a test", _is_map, (0, 0), target=False),
}
"""All that a learner's tests can ask for while they are tried."""


class Listener(Protocol):
    """Hears what the tests say of themselves; each answer is whether they shall go on."""

    def collected(self, detail: Any) -> bool: ...

    def started(self, detail: Any) -> bool: ...

    def finished(self, detail: Any) -> bool: ...


class _ProgramCapabilities(Capabilities):
    """What tests may do with what belongs to the program."""

    def __init__(self, program: ProgramSource) -> None:
        super().__init__(program.has, "program")
        self._program = program

    def _kind(self, value: Any) -> str:
        if isinstance(value, ModuleType) and self._program.has(value.__name__) and sys.modules.get(value.__name__) is value:
            return "module"
        return super()._kind(value)

    def may_read(self, kind: Kind, value: Any, name: str) -> bool:
        # A faulty program may say in its text what is wrong with it.
        return name != "__doc__" and super().may_read(kind, value, name)


class ProgramRequestHandler(RequestHandler):
    """Carries out the tests' requests.

    Args:
        program: The program.
        clock: Ends what takes too long.
        listener: See there.
    """

    operations = PROGRAM_OPERATIONS

    def __init__(self, program: ProgramSource, clock: Clock, listener: Listener) -> None:
        super().__init__(_ProgramCapabilities(program))
        self._program = program
        self._clock = clock
        self._reports: dict[str, Callable[[Any], bool]] = {
            "collected": listener.collected,
            "started": listener.started,
            "finished": listener.finished,
        }
        self._carry_out |= {
            "import": lambda kind, name: self._import(name),
            "find": lambda kind, name: program.has(name),
            "copy": lambda kind, detail, target: copy.copy(target),
            "deepcopy": lambda kind, detail, target: copy.deepcopy(target),
            **{name: self._report(name) for name in self._reports},
        }

    def _report(self, name: str) -> Callable[[Kind, Any], bool]:
        return lambda kind, detail: self._reports[name](detail)

    def serve(self, operation: Any, detail: Any, values: list[Any], handles: Handles) -> Any:
        if operation in self._reports:
            return super().serve(operation, detail, values, handles)
        with self._clock.running():
            return super().serve(operation, detail, values, handles)

    def _import(self, name: str) -> tuple[ModuleType, list[str], bool]:
        if not self._program.has(name):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        module = importlib.import_module(name)
        names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
        return module, [name for name in names if isinstance(name, str)], hasattr(module, "__path__")
