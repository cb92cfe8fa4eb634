"""Proxies: local objects that stand for objects on the other side."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Protocol

from .believing import believable_class, see_that_it_is_one
from .contract import Contract, kind_of
from .looking import VIEWS, members, view
from .remembering import made_by_call, name_of, remember
from .specials import ATTRIBUTES

__all__ = [
    "Home",
    "Proxy",
    "ProxyClass",
    "RemoteError",
    "is_among",
    "is_proxy",
    "make_proxy",
    "may_ask",
    "named",
]


class Home(Protocol):
    """The connection to the side where the objects live.

    Attributes:
        contract: What objects of a hostile side may be asked about; ``None`` where the other side is not judged.
        steps: How many requests there were that may have changed something.
    """

    @property
    def contract(self) -> Contract | None: ...

    @property
    def steps(self) -> int: ...

    def request(self, operation: str, detail: Any, *values: Any) -> Any: ...

    def release(self, number: int, count: int, generation: int) -> None: ...

    def note(self, failure: BaseException) -> None: ...


def is_proxy(value: Any) -> bool:
    """Whether a value stands for an object, exception or class of the other side."""
    return isinstance(value, Proxy | RemoteError) or type(value) is ProxyClass


def _exists(name: str) -> bool:
    """Whether a name may be looked up on the other side at all."""
    if name.startswith("__") and name.endswith("__"):
        return name in ATTRIBUTES
    return not name.startswith("_grader_")


def may_ask(asked: Any, cls: Any, operator: str, operand: Any) -> bool:
    """Whether ``asked``, an object of ``cls`` (or that class itself), may be shown an operand of the tests."""
    contract = asked._grader_home.contract
    if contract is None:
        return True
    if not is_proxy(operand):
        return contract.may_ask(name_of(cls), operator, kind_of(operand), False)
    return contract.may_ask(name_of(cls), operator, name_of(operand if type(operand) is ProxyClass else type(operand)), True)


def is_among(value: Any, iterable: Any) -> bool:
    """What ``in`` says when it goes through the items."""
    return any(item is value or item == value for item in iterable)


class ProxyClass(type):
    """The class of proxy classes: class attributes, calls and ``Color["RED"]`` go to the other side."""

    _grader_home: Home
    _grader_number: int
    _grader_generation: int
    _grader_path: tuple[str, str] | None
    _grader_named: bool

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        contract = cls._grader_home.contract
        altering = contract.altering if contract is not None else None
        if altering is not None and altering.collecting and contract is not None and contract.compares(name_of(cls)):
            made = altering.collected(partial(_construct, cls), args, kwargs)
        elif altering is not None:
            (args, kwargs), made = altering.made(cls.__qualname__, args, kwargs, partial(_construct, cls))
        else:
            made = _construct(cls, *args, **kwargs)
        if contract is not None and isinstance(made, Proxy):
            # By its own class: what a class makes need not be of it.
            remember(type(made), made, made_by_call(args, kwargs), partial(_construct, cls), args, kwargs)
        return made

    def __getattr__(cls, name: str) -> Any:
        __tracebackhide__ = True
        if not _exists(name):
            raise AttributeError(name)
        contract = cls._grader_home.contract
        altering = contract.altering if contract is not None else None
        if altering is not None:
            name = altering.constant(cls, name)
        value = named(cls._grader_home.request("getattr", name, cls), cls._grader_path, name, contract)
        if contract is not None and type(value) is cls:
            remember(cls, value, f".{name}")
            if altering is not None:
                altering.found(cls, name, value)
            if _is_enum(cls):
                see_that_it_is_one(cls, value)
        return value

    def __setattr__(cls, name: str, value: Any) -> None:
        __tracebackhide__ = True
        if name.startswith(("_grader_", "__abstract")):
            type.__setattr__(cls, name, value)
        else:
            cls._grader_home.request("setattr", name, cls, value)

    def __delattr__(cls, name: str) -> None:
        cls._grader_home.request("delattr", name, cls)

    def __dir__(cls) -> list[str]:
        return cls._grader_home.request("dir", None, cls)

    def __bool__(cls) -> bool:
        return True

    @property
    def __doc__(cls) -> str | None:  # type: ignore[override]
        # Apart from that of the instances, which may have one of their own.
        return cls.__dict__.get("_grader_doc")

    def __iter__(cls) -> Iterator[Any]:
        __tracebackhide__ = True
        if cls._grader_home.contract is not None:
            return iter(members(cls))
        return iter(cls._grader_home.request("class", "iter", cls))

    def __reversed__(cls) -> Iterator[Any]:
        return iter(cls._grader_home.request("class", "reversed", cls))

    def __len__(cls) -> int:
        __tracebackhide__ = True
        if cls._grader_home.contract is not None:
            return len(members(cls))
        return cls._grader_home.request("class", "len", cls)

    def __getitem__(cls, key: Any) -> Any:
        __tracebackhide__ = True
        return cls._grader_home.request("class", "getitem", cls, key)

    def __contains__(cls, value: Any) -> bool:
        __tracebackhide__ = True
        if may_ask(cls, cls, "class contains", value):
            request = cls._grader_home.request
            return believable_class(cls, value, lambda asked: request("class", "contains", cls, asked))
        return is_among(value, cls)


def _construct(cls: ProxyClass, /, *args: Any, **kwargs: Any) -> Any:
    __tracebackhide__ = True
    return cls._grader_home.request("call", list(kwargs), cls, *args, *kwargs.values())


def _is_enum(cls: type) -> bool:
    return any((base.__module__, base.__qualname__) == ("enum", "Enum") for base in cls.__mro__)


def named(value: Any, path: tuple[str, str] | None, name: str, contract: Contract | None = None) -> Any:
    """Note under which name a test reached a value, so that it can be found again in a fresh candidate.

    A class counts as named by the tests only under a name that is a class of the reference.

    Raises:
        AttributeError: A class of Python's stands where the reference has one of its own.
    """
    if path is None:
        return value
    full = (path[0], f"{path[1]}.{name}" if path[1] else name)
    if contract is not None and not _may_be_class(value) and contract.wants_class(full):
        # Exception under the name of a learner's own exception would catch what fails the test; object, or a tuple with it
        # inside, would be everything.
        what = f"Python's own {value.__name__}" if isinstance(value, type) else f"a {type(value).__name__}"
        raise AttributeError(f"{'.'.join(full)} is {what}; a class of the submission is expected")
    if type(value) is ProxyClass:
        contract = value._grader_home.contract
        if contract is not None and not value._grader_named and contract.is_class(full):
            value._grader_path, value._grader_named = full, True
        value._grader_path = value._grader_path or full
    elif isinstance(value, Proxy) and object.__getattribute__(value, "_grader_path") is None:
        object.__setattr__(value, "_grader_path", full)
    return value


def _may_be_class(value: Any) -> bool:
    """Whether something may stand under the name of a class: a class of the submission, or a function that makes objects."""
    return type(value) is ProxyClass or (isinstance(value, Proxy) and not isinstance(value, tuple))


class Proxy:
    """Stands for one object of the other side. Attributes prefixed ``_grader_`` do not exist; its own stand apart."""

    _grader_home: Home

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        if not _exists(name):
            raise AttributeError(name)
        if name in VIEWS and self._grader_home.contract is not None:
            found = view(self, name)
            if found is not NotImplemented:
                return found
        return self._grader_home.request("getattr", name, self)

    def __setattr__(self, name: str, value: Any) -> None:
        __tracebackhide__ = True
        self._grader_home.request("setattr", name, self, value)

    def __delattr__(self, name: str) -> None:
        self._grader_home.request("delattr", name, self)

    def __dir__(self) -> list[str]:
        return self._grader_home.request("dir", None, self)

    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        return self._grader_home.request("getattr", "__dict__", self)

    def __copy__(self) -> Any:
        return self._grader_home.request("copy", None, self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self._grader_home.request("deepcopy", None, self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(f"a {type(self).__qualname__} of the submission can't be pickled here")

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__qualname__} object>"

    def __del__(self) -> None:
        try:
            number, received, generation = (
                object.__getattribute__(self, f"_grader_{name}") for name in ("number", "received", "generation")
            )
        except AttributeError:
            return
        self._grader_home.release(number, received, generation)


class RemoteError(BaseException):
    """Mixed into local classes that stand for exception classes of the other side."""

    _grader_home: Home

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name.startswith(("_grader_", "__")):
            raise AttributeError(name)
        return self._grader_home.request("getattr", name, self)

    def __str__(self) -> str:
        return self.__dict__.get("_grader_text", "")


def _new_datetime(cls: type, plain: datetime.datetime) -> Any:
    parts = (plain.year, plain.month, plain.day, plain.hour, plain.minute, plain.second, plain.microsecond, plain.tzinfo)
    return datetime.datetime.__new__(cls, *parts, fold=plain.fold)


_NEW: dict[type, Callable[[type, Any], Any]] = {
    datetime.datetime: _new_datetime,
    datetime.date: lambda cls, plain: datetime.date.__new__(cls, plain.year, plain.month, plain.day),
    datetime.timedelta: lambda cls, plain: datetime.timedelta.__new__(cls, plain.days, plain.seconds, plain.microseconds),
}
"""How a value is made that is also a proxy, where its class takes its parts and not a value."""


def make_proxy(cls: type, number: int, generation: int, plain: Any) -> Any:
    """A proxy of class ``cls`` for the object ``number``; ``plain`` is its built-in value, if its class has one."""
    base = cls._grader_plain  # type: ignore[attr-defined]
    if base is not None and type(plain) is not base:
        base = None
    make = object.__new__ if base is None else _NEW.get(base, base.__new__)
    proxy: Any = make(cls, *([plain] if base else []))
    for name, value in (
        ("_grader_number", number),
        ("_grader_generation", generation),
        ("_grader_received", 1),
        ("_grader_path", None),
    ):
        object.__setattr__(proxy, name, value)
    return proxy
