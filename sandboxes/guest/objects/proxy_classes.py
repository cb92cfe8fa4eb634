"""Local classes for classes of the other side, made from their descriptions."""

from __future__ import annotations

import types
from typing import Any

from .classes import IMMUTABLE_PLAIN, ClassDescription
from .comparing import MUTABLE_PLAIN, after, contains, noting, plain_equal, plain_unequal
from .proxies import Home, Proxy, ProxyClass, RemoteError
from .special_methods import CONTENT, COROUTINE, KINDS, Overridable, bound, content, documentation, special_method

__all__ = ["make_class"]


def _absent(self: Any) -> Any:
    raise AttributeError


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
        "__doc__": property(documentation),
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
        namespace.update((name, special_method(name, guarded)) for name in description.specials)
        if guarded and not {"__iter__", "__getitem__"}.isdisjoint(description.specials):
            namespace["__contains__"] = contains  # one rule for ``in``, whether the class has a method for it or not
            namespace.setdefault("__iter__", special_method("__iter__", guarded))
        if contract is not None and contract.recording:
            namespace |= noting(description, plain)
        namespace["_grader_specials"] = frozenset(description.specials)
        namespace["_grader_holds"] = description.plain
        if not guarded and "__next__" in description.specials:
            namespace["__copy__"] = property(_absent)  # what ``itertools.tee`` asks for first; iterators of tests have none
        if not description.hashable:
            namespace["__hash__"] = None
        elif "__eq__" in namespace and "__hash__" not in namespace:
            namespace["__hash__"] = plain.__hash__ if plain else object.__hash__
        if plain is not None:
            namespace.setdefault("__repr__", plain.__repr__)
            namespace.setdefault("__str__", plain.__str__)
            namespace |= {name: Overridable(name, plain) for name in dir(plain) if not name.startswith("_")}
        if guarded and plain is not None:
            namespace |= {name: content(name, plain) for name in CONTENT & namespace.keys() if hasattr(plain, name)}
        if description.plain in MUTABLE_PLAIN and "__eq__" in namespace:
            namespace["__eq__"] = plain_equal
            namespace["__ne__"] = plain_unequal
        if description.plain == "list":
            namespace.setdefault("__radd__", after)
        if description.module == "builtins" and description.qualname in KINDS:
            # ``isinstance`` asks an object for its class when its type says no.
            kind = KINDS[description.qualname]
            namespace["__class__"] = property(lambda self: kind)
            if kind is types.FunctionType:
                namespace["__get__"] = bound
            if kind is types.CoroutineType:
                namespace.update(COROUTINE)
        roots = bases or (Proxy,)
        if plain and not any(issubclass(base, plain) for base in roots):
            roots = (*roots, plain)
    name = description.qualname.rpartition(".")[2]
    try:
        return ProxyClass(name, roots, namespace)
    except TypeError:  # bases that do not go together here
        fallback = (RemoteError, Exception) if description.is_exception else (Proxy,)
        return ProxyClass(name, fallback, {**namespace, "_grader_plain": None})
