"""What the candidate does when the examiner asks."""

from __future__ import annotations

import asyncio
import copy
import importlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Callable
from types import ModuleType, TracebackType
from typing import Any

from ..objects.classes import plain_value
from ..objects.specials import bind, call
from ..wire.messages import Handles
from .program import Programs

__all__ = ["Servant", "trace_of"]


def trace_of(error: BaseException, home: str) -> str | None:
    """The learner's part of a traceback: frames of files under ``home``, paths shortened."""
    if isinstance(error, StopIteration):
        return None
    frames: list[traceback.FrameSummary] = []
    for frame in traceback.extract_tb(_skip_to(error.__traceback__, home)):
        if frame.filename.startswith(home + os.sep):
            frame.filename = os.path.relpath(frame.filename, home)
            frames.append(frame)
    if not frames and not isinstance(error, SyntaxError):
        return None
    if isinstance(error, SyntaxError) and error.filename:
        error.filename = os.path.relpath(error.filename, home)
    lines = ["Traceback (most recent call last):\n", *traceback.StackSummary.from_list(frames[-20:]).format()]
    return "".join([*lines, *traceback.format_exception_only(error)])


def _skip_to(trace: TracebackType | None, home: str) -> TracebackType | None:
    while trace is not None and not trace.tb_frame.f_code.co_filename.startswith(home + os.sep):
        trace = trace.tb_next
    return trace


class Servant:
    """Carries out the examiner's requests on the learner's code.

    Args:
        home: Folder of the submission.
        scratch: Folder for what programs write.
    """

    def __init__(self, home: str, scratch: str) -> None:
        self._home = home
        self._loop: asyncio.AbstractEventLoop | None = None
        self._programs = Programs(home, scratch)
        self._operations: dict[str, Callable[..., Any]] = {
            "import": self._import,
            "find": lambda name: importlib.util.find_spec(name) is not None,
            "resolve": self._resolve,
            "getattr": lambda detail, target: getattr(target, detail),
            "setattr": lambda detail, target, value: setattr(target, detail, value),
            "delattr": lambda detail, target: delattr(target, detail),
            "dir": lambda detail, target: dir(target),
            "call": lambda names, target, *values: call(target, values, names),
            "special": self._special,
            "class": self._class,
            "copy": lambda detail, target: copy.copy(target),
            "deepcopy": lambda detail, target: copy.deepcopy(target),
            "plain": lambda detail, target: plain_value(target),
            "await": self._await,
            "program": lambda detail, *values: self._programs.serve(detail, *values),
        }

    def serve(self, operation: Any, detail: Any, values: list[Any], handles: Handles) -> Any:
        return self._operations[operation](detail, *values)

    def _import(self, name: str) -> tuple[Any, list[str], bool]:
        module = importlib.import_module(name)
        public = getattr(module, "__all__", None)
        names = list(public) if public is not None else [n for n, v in vars(module).items() if _is_starred(n, v)]
        return module, [n for n in names if isinstance(n, str)], hasattr(module, "__path__")

    def _resolve(self, path: list[str]) -> Any:
        target = importlib.import_module(path[0])
        for name in filter(None, path[1].split(".")):
            target = getattr(target, name)
        return target

    def _special(self, detail: list[str], target: Any, *values: Any) -> Any:
        name, *names = detail
        return call(bind(target, name), values, names)

    def _class(self, name: str, target: type, *values: Any) -> Any:
        return _CLASS_OPERATIONS[name](target, *values)

    def _await(self, detail: None, awaitable: Any) -> Any:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        return self._loop.run_until_complete(awaitable)


def _is_starred(name: str, value: Any) -> bool:
    # The modules that the submission imports, the test has by itself: it would get a stranger under the same name.
    return not name.startswith("_") and not isinstance(value, ModuleType)


_CLASS_OPERATIONS: dict[str, Callable[..., Any]] = {
    "iter": list,
    "reversed": lambda target: list(reversed(target)),
    "len": len,
    "getitem": lambda target, key: target[key],
    "contains": lambda target, value: value in target,
}


def make_importable(home: str) -> None:
    """Let the submission's modules be imported, ahead of everything else."""
    sys.path.insert(0, home)
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()
