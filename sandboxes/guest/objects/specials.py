"""The special methods that proxies forward."""

from collections.abc import Callable
from typing import Any

__all__ = ["ATTRIBUTES", "BINARY", "COMPARISONS", "SPECIALS", "bind", "call"]

COMPARISONS = frozenset({"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"})

_ARITHMETIC = (
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "divmod", "pow"),
    *("lshift", "rshift", "and", "or", "xor"),
)

BINARY = frozenset(f"__{prefix}{name}__" for name in _ARITHMETIC for prefix in ("", "r", "i")) - {"__idivmod__"}
"""Operators with an operand on the other side, which tells it what the test expects."""

SPECIALS = tuple(
    sorted(
        COMPARISONS
        | BINARY
        | {
            *("__call__", "__len__", "__length_hint__", "__getitem__", "__setitem__", "__delitem__", "__contains__"),
            *("__iter__", "__next__", "__reversed__", "__enter__", "__exit__", "__await__", "__aiter__", "__anext__"),
            *("__aenter__", "__aexit__", "__neg__", "__pos__", "__abs__", "__invert__", "__int__", "__float__"),
            *("__complex__", "__index__", "__round__", "__trunc__", "__floor__", "__ceil__", "__bool__", "__bytes__"),
            *("__str__", "__repr__", "__format__", "__hash__", "__fspath__"),
        }
    )
)

ATTRIBUTES = frozenset(SPECIALS) | {
    *("__name__", "__qualname__", "__module__", "__doc__", "__file__", "__path__", "__all__", "__version__", "__author__"),
    *("__dict__", "__slots__", "__class__", "__bases__", "__mro__", "__subclasses__", "__abstractmethods__"),
    *("__isabstractmethod__", "__annotations__", "__wrapped__", "__defaults__", "__kwdefaults__", "__code__", "__closure__"),
    *("__globals__", "__signature__", "__text_signature__", "__self__", "__func__", "__init__", "__new__", "__del__"),
    *("__init_subclass__", "__getattr__", "__getattribute__", "__setattr__", "__delattr__", "__dir__", "__get__", "__set__"),
    *("__set_name__", "__missing__", "__sizeof__", "__members__", "__match_args__", "__dataclass_fields__"),
    *("__dataclass_params__", "__post_init__", "__orig_bases__", "__parameters__", "__args__", "__origin__"),
    *("__cause__", "__context__", "__notes__", "__suppress_context__", "__traceback__", "__copy__", "__deepcopy__"),
    *("__getstate__", "__setstate__", "__instancecheck__", "__subclasscheck__", "__class_getitem__", "__format__"),
}
"""Names with underscores that a proxy has. No others: through ``__array__``, ``__array_ufunc__``, ``__dataframe__`` and the
like, a library on the side of the tests would ask the submission's object to do its work, comparisons included."""


def bind(target: Any, name: str) -> Callable[..., Any]:
    """The special method of an object, looked up on its type as the interpreter does.

    Raises:
        AttributeError: Its type has none.
    """
    cls = type(target)
    for parent in cls.__mro__:
        if name in vars(parent):
            method = vars(parent)[name]
            return method.__get__(target, cls) if hasattr(type(method), "__get__") else method
    raise AttributeError(f"{cls.__name__!r} object has no {name}")


def call(target: Callable[..., Any], values: tuple[Any, ...], names: list[str]) -> Any:
    """Call with ``values``, the last of which are keyword arguments called ``names``."""
    if not names:
        return target(*values)
    split = len(values) - len(names)
    return target(*values[:split], **dict(zip(names, values[split:], strict=True)))
