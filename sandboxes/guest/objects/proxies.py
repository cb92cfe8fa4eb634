"""Proxies: local objects that stand for objects on the other side."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from ..wire.errors import CandidateGone, WireClosed
from .believing import believable, note_alike, remember
from .classes import IMMUTABLE_PLAIN, ClassDescription
from .contract import Contract, kind_of, operator_name
from .looking import LOOKS, VIEWS, look, members, view
from .specials import ATTRIBUTES, BINARY, COMPARISONS, SPECIALS

__all__ = ["Proxy", "ProxyClass", "RemoteError", "make_class", "make_proxy"]


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


def _is_proxy(value: Any) -> bool:
    return isinstance(value, Proxy | RemoteError) or type(value) is ProxyClass


def _is_plain(values: tuple[Any, ...]) -> bool:
    return all(type(value) in (bool, int, float, str, bytes, type(None)) for value in values)


def _exists(name: str) -> bool:
    """Whether a name may be looked up on the other side at all."""
    if name.startswith("__") and name.endswith("__"):
        return name in ATTRIBUTES
    return not name.startswith("_grader_")


def _known_name(cls: Any) -> str:
    """The name by which the tests know a class, or the nearest of its bases that they know; ``""`` if there is none."""
    known = (base for base in cls.__mro__ if vars(base).get("_grader_named"))
    return next((".".join(base._grader_path) for base in known), "")


def _may_ask(asked: Any, cls: Any, operator: str, operand: Any) -> bool:
    """Whether ``asked``, an object of ``cls`` (or that class itself), may be shown an operand of the tests."""
    contract = asked._grader_home.contract
    if contract is None:
        return True
    if not _is_proxy(operand):
        return contract.may_ask(_known_name(cls), operator, kind_of(operand), False)
    return contract.may_ask(
        _known_name(cls), operator, _known_name(operand if type(operand) is ProxyClass else type(operand)), True
    )


class ProxyClass(type):
    """The class of proxy classes: class attributes, calls and ``Color["RED"]`` go to the other side."""

    _grader_home: Home
    _grader_number: int
    _grader_generation: int
    _grader_path: tuple[str, str] | None
    _grader_named: bool

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        made = cls._grader_home.request("call", list(kwargs), cls, *args, *kwargs.values())
        if cls._grader_home.contract is not None and isinstance(made, Proxy):
            remember(cls, made, repr((args, kwargs)) if _is_plain(args) and _is_plain(tuple(kwargs.values())) else None)
        return made

    def __getattr__(cls, name: str) -> Any:
        __tracebackhide__ = True
        if not _exists(name):
            raise AttributeError(name)
        value = named(cls._grader_home.request("getattr", name, cls), cls._grader_path, name, cls._grader_home.contract)
        if cls._grader_home.contract is not None and type(value) is cls:
            remember(cls, value, f".{name}")
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
        if _may_ask(cls, cls, "class contains", value):
            return cls._grader_home.request("class", "contains", cls, value)
        return _is_among(value, cls)


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


def make_proxy(cls: type, number: int, generation: int, plain: Any) -> Any:
    """A proxy of class ``cls`` for the object ``number``; ``plain`` is its built-in value, if its class has one."""
    base = cls._grader_plain  # type: ignore[attr-defined]
    if base is not None and type(plain) is not base:
        base = None
    proxy = base.__new__(cls, plain) if base else object.__new__(cls)
    for name, value in (
        ("_grader_number", number),
        ("_grader_generation", generation),
        ("_grader_received", 1),
        ("_grader_path", None),
    ):
        object.__setattr__(proxy, name, value)
    return proxy


def make_class(home: Home, description: ClassDescription, bases: tuple[type, ...], generation: int) -> type:
    """The local class for a described one.

    Args:
        home: Where its objects live.
        description: What is known of it.
        bases: Local classes for its bases.
        generation: Which candidate it came from.
    """
    namespace: dict[str, Any] = {
        "__module__": description.module,
        "__qualname__": description.qualname,
        "__doc__": property(_doc),
        "_grader_doc": description.doc,
        "_grader_home": home,
        "_grader_number": description.number,
        "_grader_generation": generation,
        "_grader_path": None,
        "_grader_named": False,
    }
    if description.is_exception:
        roots = tuple(base for base in bases if not (base is Exception and len(bases) > 1)) or (Exception,)
        if not any(issubclass(base, RemoteError) for base in roots):
            roots = (RemoteError, *roots)
        namespace["__str__"] = RemoteError.__str__  # a built-in base that comes first has one of its own
    else:
        plain = IMMUTABLE_PLAIN.get(description.plain)
        namespace["_grader_plain"] = plain
        contract = home.contract
        guarded = contract is not None
        namespace.update((name, _method(name, guarded)) for name in description.specials)
        if guarded and not {"__iter__", "__getitem__"}.isdisjoint(description.specials):
            namespace["__contains__"] = _contains  # one rule for ``in``, whether the class has a method for it or not
            namespace.setdefault("__iter__", _method("__iter__", guarded))
        if contract is not None and contract.recording:
            namespace |= _noting(description, plain)
        namespace["_grader_specials"] = frozenset(description.specials)
        namespace["_grader_holds"] = description.plain
        if not description.hashable:
            namespace["__hash__"] = None
        elif "__eq__" in namespace and "__hash__" not in namespace:
            namespace["__hash__"] = plain.__hash__ if plain else object.__hash__
        if guarded and plain is not None:
            namespace |= {name: _content(name, plain) for name in _CONTENT & namespace.keys() if hasattr(plain, name)}
        if description.plain in _MUTABLE_PLAIN and "__eq__" in namespace:
            namespace["__eq__"] = _plain_equal
            namespace["__ne__"] = _plain_unequal
        if description.plain == "list":
            namespace.setdefault("__radd__", _after)
        if description.module == "builtins" and description.qualname in _KINDS:
            # ``isinstance`` asks an object for its class when its type says no.
            kind = _KINDS[description.qualname]
            namespace["__class__"] = property(lambda self: kind)
            if kind is types.CoroutineType:
                namespace.update(_COROUTINE)
        roots = bases or (Proxy,)
        if plain and not any(issubclass(base, plain) for base in roots):
            roots = (*roots, plain)
    name = description.qualname.rpartition(".")[2]
    try:
        return ProxyClass(name, roots, namespace)
    except TypeError:  # bases that do not go together here
        fallback = (RemoteError, Exception) if description.is_exception else (Proxy,)
        return ProxyClass(name, fallback, {**namespace, "_grader_plain": None})


def _doc(self: Any) -> Any:
    return self._grader_home.request("getattr", "__doc__", self)


def _noting(description: ClassDescription, plain: type | None) -> dict[str, Any]:
    """What a right solution's class does by itself, or by the built-in value that it extends, noted as if it were asked.

    Another right solution may have a class of another kind there, which has to be asked.
    """
    if plain is not None:
        inherited = (COMPARISONS | BINARY) - set(description.specials)
        return {name: _noted(name, getattr(plain, name)) for name in inherited if name in vars(plain)}
    return {} if "__eq__" in description.specials else {"__eq__": _identical}


def _noted(name: str, own: Callable[..., Any]) -> Callable[..., Any]:
    operator = _BY_ITSELF if name in ("__eq__", "__ne__") else operator_name(name)

    def method(self: Any, other: Any, *rest: Any) -> Any:
        if _is_proxy(other):  # about plain values no other class has to be asked, which would show what the test expects
            _may_ask(self, type(self), operator, other)
            if name == "__eq__" and own(self, other) is True:
                note_alike(self, other)
        return own(self, other, *rest)

    method.__name__ = name
    return method


def _identical(self: Any, other: Any) -> Any:
    if self is not other:
        return NotImplemented
    note_alike(self, other)
    return _may_ask(self, type(self), _BY_ITSELF, other) or True


def _method(name: str, guarded: bool) -> Callable[..., Any]:
    if guarded and name == "__ne__":
        return _unequal
    if guarded and name in COMPARISONS | BINARY:
        return _guarded(name)
    if guarded and name in LOOKS:
        return look(name, _forwarded(name))
    if guarded and name in _JUDGED:
        return _JUDGED[name]
    return _OWN.get(name) or _forwarded(name)


def _forwarded(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        return self._grader_home.request("special", [name, *kwargs], self, *args, *kwargs.values())

    method.__name__ = name
    return method


def _guarded(name: str) -> Callable[..., Any]:
    forward, operator = _forwarded(name), operator_name(name)

    def method(self: Any, other: Any, *rest: Any) -> Any:
        __tracebackhide__ = True
        if _may_ask(self, type(self), operator, other):
            return forward(self, other, *rest)
        if name == "__eq__" and _is_proxy(other) and _may_ask(self, type(self), _BY_ITSELF, other):
            return believable(self, other, lambda to: forward(self, to))
        return _by_content(self, name, other, *rest)

    method.__name__ = name
    return method


def _by_content(self: Any, name: str, *operands: Any) -> Any:
    """What the list, dict or set that an object extends does; nothing is said by any other object that may not be asked."""
    home = self._grader_home
    content = home.request("plain", None, self) if type(self)._grader_holds in _MUTABLE_PLAIN else None
    method = vars(type(content)).get(name) if not _is_proxy(content) else None
    if method is not None and not name.startswith("__i"):
        return method(content, *operands)
    home.contract.refuse(type(self).__qualname__, name)
    return NotImplemented


def _after(self: Any, other: Any) -> Any:
    """``[1] + items``: a list takes what extends lists, which a proxy does not."""
    return other + self._grader_home.request("plain", None, self) if type(other) is list else NotImplemented


def _unequal(self: Any, other: Any) -> Any:
    __tracebackhide__ = True
    # A class that says of everything that it is equal, and of everything that it is not, is right in any test.
    if _may_ask(self, type(self), "ne", other):
        return _forwarded("__ne__")(self, other)
    equal = self.__eq__(other)
    return equal if equal is NotImplemented else not equal


def _content(name: str, plain: type) -> Callable[..., Any]:
    """What a text, a tuple or another value holds: what was compared with it, unless the tests know its class."""
    forward, own = _forwarded(name), getattr(plain, name)

    def method(self: Any, *args: Any) -> Any:
        return forward(self, *args) if type(self)._grader_named else own(self, *args)

    method.__name__ = name
    return method


def _plain_equal(self: Any, other: Any) -> Any:
    home = self._grader_home
    if _may_ask(self, type(self), "eq", other) if home.contract is not None else _is_proxy(other):
        answer = home.request("special", ["__eq__"], self, other)
        if answer is not NotImplemented:
            return answer
    if _is_proxy(other):
        return NotImplemented
    return home.request("plain", None, self) == other


def _plain_unequal(self: Any, other: Any) -> Any:
    equal = _plain_equal(self, other)
    return equal if equal is NotImplemented else not equal


def _contains(self: Any, value: Any) -> bool:
    __tracebackhide__ = True
    plain = type(self)._grader_plain
    specials = type(self)._grader_specials
    home = self._grader_home
    if _may_ask(self, type(self), "contains", value):
        if "__contains__" in specials:
            return home.request("special", ["__contains__"], self, value)
        if not home.contract.recording:
            return home.request("class", "contains", self, value)
    elif "__contains__" in specials:
        home.contract.refuse(type(self).__qualname__, "__contains__")
    if plain is not None and hasattr(plain, "__contains__"):
        return plain.__contains__(self, value)
    if {"__iter__", "__getitem__"}.isdisjoint(specials):
        raise TypeError(f"a {type(self).__qualname__!r} of the submission has nothing that 'in' could look through here")
    return _is_among(value, self)


def _is_among(value: Any, iterable: Any) -> bool:
    return any(item is value or item == value for item in iterable)


def _exit(self: Any, kind: Any, error: Any, trace: Any) -> Any:
    __tracebackhide__ = True
    answer = _forwarded("__exit__")(self, kind, error, trace)
    return answer if error is None else _may_end(self, error, answer)


async def _aexit(self: Any, kind: Any, error: Any, trace: Any) -> Any:
    answer = await _forwarded("__aexit__")(self, kind, error, trace)
    return answer if error is None else _may_end(self, error, answer)


def _may_end(self: Any, error: BaseException, answer: Any) -> Any:
    """What a ``with`` statement of a test hears of a submission's object that says it has dealt with an exception."""
    home = self._grader_home
    if not answer or home.contract is None or home.contract.may_swallow(error):
        return answer
    if not isinstance(error, AssertionError):
        # To go on as if it had answered otherwise would make a wrong program right.
        text = f"a {type(self).__qualname__} of the submission ended {type(error).__name__}, as no right solution does"
        home.note(AssertionError(text))
    return False


def _representation(name: str) -> Callable[[Any], str]:
    forward = _forwarded(name)

    def method(self: Any) -> str:
        __tracebackhide__ = True
        try:
            return forward(self)
        except (CandidateGone, WireClosed):
            return f"{Proxy.__repr__(self)[:-1]}, no longer there>"

    return method


def _await(self: Any) -> Iterator[Any]:
    return self._grader_home.request("await", None, self)
    yield


def _send(self: Any, value: Any) -> None:
    raise StopIteration(self._grader_home.request("await", None, self))


def _throw(self: Any, kind: Any, value: Any = None, traceback: Any = None) -> None:
    raise value if value is not None else kind


_BY_ITSELF = "same"
"""In place of ``eq``: what the reference's class did not decide, but its built-in base, or identity."""
_MUTABLE_PLAIN = frozenset({"list", "dict", "set"})
_CONTENT = frozenset({"__len__", "__iter__", "__getitem__", "__reversed__"})
"""How the parts of a value are looked at. A subclass could show others than those that it is compared by."""
_JUDGED: dict[str, Callable[..., Any]] = {
    "__contains__": _contains,
    "__exit__": _exit,
    "__aexit__": _aexit,
}
"""Special methods whose answer a test believes: of a hostile side only what the contract says."""
_OWN: dict[str, Callable[..., Any]] = {
    "__await__": _await,
    "__repr__": _representation("__repr__"),
    "__str__": _representation("__str__"),
}
_KINDS = {
    "async_generator": types.AsyncGeneratorType,
    "coroutine": types.CoroutineType,
    "function": types.FunctionType,
    "generator": types.GeneratorType,
    "method": types.MethodType,
}
"""Types of the interpreter that tests ask for with ``isinstance``."""
_COROUTINE = {"__await__": _await, "send": _send, "throw": _throw, "close": lambda self: None}

assert set(_OWN) | set(_JUDGED) <= set(SPECIALS)
