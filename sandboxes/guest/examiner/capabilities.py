"""What the other side may do with an object that was handed over to it: decided once, by the kind of the object.

The kinds are a short table (``KINDS``); so are the classes of libraries whose objects can be used (``LIBRARY``) and the
functions of libraries that can be called (``FUNCTIONS``). What no table names can be held and passed back, and nothing else.
"""

from __future__ import annotations

import functools
import inspect
import operator
import sys
import types
import unittest
from collections.abc import Callable
from typing import Any
from unittest import mock

from _pytest.outcomes import OutcomeException

from ..wire.errors import CannotCross
from ..wire.leaves import is_received_type
from .kinds import DEFINED, FUNCTIONS, ITERATION, KINDS, LIBRARY, Kind, words

__all__ = ["SECRET", "Capabilities", "is_of_tests"]

SECRET: tuple[type[BaseException], ...] = (AssertionError, OutcomeException)
"""Exceptions that fail or end a test. Their text says what the test expects, so it stays here."""

_METHODS_OF = words(
    "str int float bytes bytearray list dict set frozenset tuple deque Counter OrderedDict date datetime timedelta Decimal "
    "Fraction UUID Random"
)
"""Built-in classes whose methods, bound or not, a test can hand over (``log.append``, ``str.upper``)."""
_LOOKUPS = ITERATION | {"__getitem__"}
"""Bound special methods that stand for a function (``iter(ticks).__next__``, ``table.__getitem__``)."""
_WALKS = frozenset({"format", "format_map"})
"""Unbound, these let the caller write the format, which reads any attribute of what it formats."""

_NEVER = (types.ModuleType, types.FrameType, types.CodeType, types.TracebackType)
_GENERATORS = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)
_CALLABLES = (
    *(types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.MethodDescriptorType),
    types.MethodWrapperType,
)
_GETTERS = (operator.attrgetter, operator.itemgetter, operator.methodcaller)
_BAGS = frozenset({"types.SimpleNamespace", "argparse.Namespace"})
_CLASSES = frozenset({"_io.StringIO", "_io.BytesIO", "types.SimpleNamespace", "random.Random", "collections.UserDict"})
_MIXINS = frozenset({"collections.abc", "_collections_abc", "typing", "dataclasses"})
_FUNCTION_NAMES = frozenset({"__name__", "__qualname__", "__doc__"})
_GENERATOR_NAMES = frozenset({"send", "close"})
_MOCK_NAMES = frozenset({*dir(mock.MagicMock()), *dir(mock.AsyncMock()), "side_effect", "return_value", "mock_calls"})


@functools.cache
def is_of_tests(module: str) -> bool:
    """Whether a module is the instructor's own: no part of Python, of an installed package or of the grader."""
    top = module.partition(".")[0]
    if top == "sandboxes" or top in sys.stdlib_module_names:
        return False
    return "site-packages" not in (getattr(sys.modules.get(module), "__file__", None) or "")


class Capabilities:
    """Decides of what kind an object is, and which of its names can be used.

    Args:
        is_own: Whether a module is one whose functions and classes can be handed over freely.
        whose: What messages call the side of that module.
    """

    def __init__(self, is_own: Callable[[str], bool] = is_of_tests, whose: str = "test") -> None:
        self._is_own = is_own
        self._whose = whose

    def grant(self, value: Any) -> Kind:
        """The kind of an object that is about to be handed over.

        Raises:
            CannotCross: It must not leave.
        """
        return KINDS[self._kind(value)]

    def _kind(self, value: Any) -> str:
        if isinstance(value, _NEVER):
            raise self._refusal(value)
        if isinstance(value, type):
            return "class" if self._is_own_class(value) or _name(value) in _CLASSES else "opaque"
        if isinstance(value, mock.NonCallableMock):
            return "mock"
        if isinstance(value, memoryview) and value.obj is None:
            return "opaque"  # of memory that is somebody's for the time of a call
        if self._is_function(value):
            return "function"
        if isinstance(value, BaseException):
            return "opaque" if isinstance(value, SECRET) else "exception"
        classes = type(value).__mro__
        if any(self._is_own_class(cls) or _name(cls) in _BAGS for cls in classes):
            return "object"
        if any(_name(cls) in LIBRARY for cls in classes):
            return "library"
        return "iterator" if hasattr(type(value), "__iter__") else "opaque"

    def _refusal(self, value: Any) -> CannotCross:
        name = getattr(value, "__name__", "this")
        return CannotCross(
            f"a {self._whose} can't pass {name!r}, a {type(value).__name__}, to the submission: "
            f"pass a function or an object of the {self._whose}'s own instead"
        )

    # Functions

    def _is_function(self, value: Any) -> bool:
        """Whether ``value`` is a function that can be called.

        Raises:
            CannotCross: It is a function that can't be called, and so can't leave.
        """
        if isinstance(value, functools.partial):
            return self._kind(value.func) in ("function", "class", "mock")
        if isinstance(value, _GETTERS):
            return True
        if _name(type(value)) == "functools._lru_cache_wrapper":
            return self._kind(value.__wrapped__) in ("function", "class", "object", "mock")
        if not isinstance(value, _CALLABLES):
            return _is_of_numpy(value)
        if not self._may_be_called(value):
            raise self._refusal(value)
        return True

    def _may_be_called(self, value: Any) -> bool:
        if isinstance(value, types.MethodDescriptorType):
            return value.__objclass__.__name__ in _METHODS_OF and value.__name__ not in _WALKS
        if isinstance(getattr(value, "__self__", None), _GENERATORS):
            return value.__name__ in _GENERATOR_NAMES | _LOOKUPS
        if value.__name__ in _LOOKUPS:
            return not isinstance(value.__self__, types.ModuleType | type) if hasattr(value, "__self__") else False
        receiver = getattr(value, "__self__", None)
        if receiver is None or isinstance(receiver, types.ModuleType):
            return self._is_own_function(value) or _is_listed_function(value)
        cls = receiver if isinstance(receiver, type) else type(receiver)
        if value.__name__ in self._listed(cls):
            return True
        if isinstance(value, types.MethodType):
            return self._is_own_function(value.__func__)
        return any(base.__name__ in _METHODS_OF for base in cls.__mro__) and not value.__name__.startswith("_")

    def _is_own_function(self, value: Any) -> bool:
        function = inspect.unwrap(value) if isinstance(value, types.FunctionType) else None
        return isinstance(function, types.FunctionType) and self._is_own(function.__globals__.get("__name__") or "")

    def runs(self, value: Any) -> tuple[Any, ...]:
        """What a call of something runs: itself, or what a mock calls in its turn, if that may be handed over, too.

        Raises:
            CannotCross: It may not, or can't be called.
        """
        standing = _mock_of(value)
        if standing is None:
            return (value,)
        called = [other for one in _called_by(standing) for other in self.runs(one)]
        for one in called:
            if not (is_received_type(one) or self.grant(one).call):
                raise self._refusal(one)
        return tuple(called)

    def lets(self, value: Any, special: str) -> bool:
        """Whether what a mock wraps lets its special method be used: from Python 3.13 on, the mock would.

        Raises:
            CannotCross: It is nothing that could be handed over.
        """
        wrapped = vars(value).get("_mock_wraps") if isinstance(value, mock.NonCallableMock) else None
        return wrapped is None or special == "__call__" or special in self.grant(wrapped).specials

    def runs_own(self, value: Any) -> bool:
        """Whether a call of something callable runs code of the tests, which knows what it does with its arguments.

        Raises:
            CannotCross: It runs what may not be called.
        """
        if _mock_of(value) is not None:  # first, as it may pass for anything else
            return all(map(self.runs_own, self.runs(value)))
        if isinstance(value, functools.partial):
            return self.runs_own(value.func)
        if isinstance(value, type):
            return self._is_own_class(value)
        if isinstance(value, _CALLABLES):
            return self._is_own_function(getattr(value, "__func__", value))
        wrapped = getattr(value, "__wrapped__", None) if _name(type(value)) == "functools._lru_cache_wrapper" else None
        if wrapped is not None:
            return self.runs_own(wrapped)
        return any(map(self._is_own_class, type(value).__mro__))

    # Names

    def may_read(self, kind: Kind, value: Any, name: str) -> bool:
        """Whether the attribute ``name`` of an object of this kind can be read."""
        if kind.name == "function":
            return name in _FUNCTION_NAMES
        if kind.name == "iterator":
            return isinstance(value, _GENERATORS) and name in _GENERATOR_NAMES
        if kind.read == "none":
            return False
        cls = value if isinstance(value, type) else type(value)
        if name in self._listed(cls):
            return True
        if name in _FUNCTION_NAMES:  # given by functools.wraps, or by hand
            own = not isinstance(value, type) and name in getattr(value, "__dict__", ())
            return own or (kind.name == "mock" and name == "__doc__")
        if name.startswith("_") or _is_test(cls, name):
            return False
        if kind.name == "mock":
            return name not in _MOCK_NAMES
        return kind.name == "module" or (kind.read == DEFINED and self._defines(value, cls, name))

    def may_write(self, kind: Kind, value: Any, name: str) -> bool:
        """Whether the attribute ``name`` of an object of this kind can be set."""
        if name.startswith("_") or kind.write == "none":
            return False
        if kind.name == "mock":
            return name not in _MOCK_NAMES
        # A method stays what the test made it. What a property does with a value is the test's own code.
        known = getattr(value, "__dict__", {}).get(name) or inspect.getattr_static(type(value), name, None)
        return kind.name == "module" or not (callable(known) or isinstance(known, classmethod | staticmethod))

    def _defines(self, value: Any, cls: type, name: str) -> bool:
        definer = next((base for base in cls.__mro__ if name in vars(base)), None)
        if definer is not None:
            return self._is_own_class(definer) or definer.__module__ in _MIXINS
        if not isinstance(value, type) and name in getattr(value, "__dict__", ()):
            return True
        return any("__getattr__" in vars(base) and self._is_own_class(base) for base in cls.__mro__)

    def _listed(self, cls: type) -> frozenset[str]:
        """Names that ``LIBRARY`` lists for a class and its bases."""
        return frozenset().union(*(LIBRARY.get(_name(base), ()) for base in cls.__mro__))

    def _is_own_class(self, cls: type) -> bool:
        # make_dataclass leaves its classes in a module of Python's, where nobody finds them.
        made = cls.__module__ == "types" and not hasattr(types, cls.__qualname__)
        return made or self._is_own(cls.__module__)


def _is_test(cls: type, name: str) -> bool:
    """Whether a name is that of a test: an object that a test hands over may be the one whose methods are the tests."""
    return name.startswith("test") and (issubclass(cls, unittest.TestCase) or cls.__name__.startswith("Test"))


def _name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _mock_of(value: Any) -> Any:
    """The mock that something is; a mock of a function is a function that has one."""
    standing = getattr(value, "mock", None) if type(value) is types.FunctionType else value
    return standing if isinstance(standing, mock.NonCallableMock) else None


def _called_by(standing: Any) -> list[Any]:
    effect, wrapped = standing.side_effect, vars(standing).get("_mock_wraps")
    raises = isinstance(effect, type) and issubclass(effect, BaseException)
    effects = [effect] if callable(effect) and not raises else []
    return effects if wrapped is None else [*effects, wrapped]


def _is_listed_function(value: Any) -> bool:
    module, name = value.__module__ or "", value.__name__
    if module not in FUNCTIONS or name.startswith("_"):
        return False
    names = FUNCTIONS[module]
    return (names is None or name in names) and getattr(sys.modules.get(module), name, None) is value


def _is_of_numpy(value: Any) -> bool:
    """Whether ``value`` is a universal function of NumPy, or one of its listed functions."""
    kind = _name(type(value))
    return kind == "numpy.ufunc" or (kind == "numpy._ArrayFunctionDispatcher" and _is_listed_function(value))
