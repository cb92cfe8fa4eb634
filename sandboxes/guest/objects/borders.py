"""The border: how objects leave this side as handles, and what handles of the other side become here."""

from __future__ import annotations

import importlib
import weakref
from collections.abc import Callable
from typing import Any

from ..wire import tags
from ..wire.errors import CandidateGone, CannotCross, ProtocolViolation
from ..wire.leaves import read_array
from .classes import IMMUTABLE_PLAIN, ClassDescription, plain_base, plain_value
from .exceptions import MOST_IN_GROUP, PLACE, contents, exception_name, known_exception, notes, rebuild
from .exports import Exports
from .proxies import Home, Proxy, ProxyClass, make_proxy
from .proxy_classes import make_class

__all__ = ["Border", "Lost"]

Item = Callable[[Any], Any]
_MOST_CAUSES = 50


class Lost(RuntimeError):
    """The object lived in a candidate that has ended."""

    __module__ = "grader"  # as people read it in messages


class Border:
    """Handles of both directions on one connection.

    Args:
        home: Where proxies send their requests.
        grant: Decides what the other side may do with an object; raises ``CannotCross`` for what must not leave this side.
        trace: The traceback text that goes with an exception, or ``None``.
        secret: Exceptions that leave without their text.
        disguised: Whether classes leave without the place and the text of their definition.
        library: Gives a library for values of its types, or ``None``: ``sys.modules.get`` where nothing may be imported.
        received_array: What stands for a NumPy array of the other side here, and whether it is inside of nothing.

    Attributes:
        exports: What the other side holds of this one.
        generation: Counts the other sides that came one after the other.
    """

    def __init__(
        self,
        home: Home,
        grant: Callable[[Any], Any] = lambda value: None,
        trace: Callable[[BaseException], str | None] = lambda error: None,
        secret: tuple[type[BaseException], ...] = (),
        disguised: bool = False,
        library: Callable[[str], Any] = importlib.import_module,
        received_array: Callable[[Any, bool], Any] = lambda array, alone: array,
    ) -> None:
        self._home = home
        self._grant = grant
        self._trace = trace
        self._secret = secret
        self._disguised = disguised
        self._library = library
        self._received_array = received_array
        self.exports = Exports(grant, disguised)
        self.generation = 0
        self._their_classes: dict[int, Any] = {}
        self._named_classes: dict[tuple[str, str], Any] = {}
        self._proxies: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self._kept: dict[int, Any] = {}

    # Leaving

    def home_number(self, value: Any) -> int | None:
        """The number by which the other side knows an object of its own; ``None`` for all else."""
        if isinstance(value, Proxy):
            return self._current(value)
        if isinstance(value, BaseException) and value.__dict__.get("_grader_generation") == self.generation:
            return value.__dict__["_grader_number"]
        return None

    def export(self, value: Any, item: Item) -> list[Any]:
        """The entry for an object that does not cross by value."""
        if isinstance(value, ProxyClass):
            return [tags.YOUR_CLASS, self._current(value)]
        if isinstance(value, BaseException):
            return self._export_exception(value, item)
        if isinstance(value, type):
            if issubclass(value, BaseException) and (name := exception_name(value)):
                return [tags.EXCEPTION_CLASS, name]
            return [tags.MY_CLASS, self.exports.add_class(value)]
        number = self.exports.add(value)
        base = plain_base(type(value))
        extra = [item(plain_value(value))] if base is not None and base.__name__ in IMMUTABLE_PLAIN else []
        return [tags.MINE, number, self.exports.class_number(type(value)), *extra]

    def _export_exception(self, error: BaseException, item: Item) -> list[Any]:
        name = exception_name(type(error))
        secret = isinstance(error, self._secret)
        # Exceptions of the tests come back as the very same: by their number, not by what the other side knows of them.
        number = self.exports.add(error) if self._disguised or not name else 0
        kind = name or self.exports.class_number(type(error))
        if secret:  # it comes back by its number, with all that the test wrote into it
            return [tags.EXCEPTION, number, kind, item(()), "", None, item(None), item(None)]
        try:
            text = str(error)
        except CandidateGone:
            raise
        except BaseException:
            text = f"<{type(error).__name__} whose __str__ fails>"
        if isinstance(error, BaseExceptionGroup):
            if _size(error) > MOST_IN_GROUP:
                raise CannotCross(f"a group of more than {MOST_IN_GROUP:,} exceptions")
            args: list[Any] = [*contents(error)]  # a tuple, since a group is made of exceptions that are there already
        else:
            args = [argument if self._crosses(argument) else repr(argument) for argument in error.args]
        noted: list[Any] = [*notes(error)]
        if self._disguised:  # "test_x.<locals>.check() missing 1 argument" names the test
            text, *noted = (PLACE.sub("", line) for line in (text, *noted))
            args = [PLACE.sub("", argument) if type(argument) is str else argument for argument in args]
        about = [self._trace(error), item(error.__cause__), item(tuple(noted) or None)]
        return [tags.EXCEPTION, number, kind, item(tuple(args)), text, *about]

    def _crosses(self, value: Any) -> bool:
        try:
            self._grant(value)
        except CannotCross:
            return False
        return True

    def _current(self, proxy: Any) -> int:
        generation, path = proxy._grader_generation, proxy._grader_path
        if generation != self.generation:
            if path is None:
                raise Lost(
                    "this object of the submission, which tests share, was lost when the program ended in an earlier test"
                )
            fresh = self._home.request("resolve", list(path))
            if fresh is not proxy:
                self._rebind(proxy, fresh)
        return proxy._grader_number

    def _rebind(self, proxy: Any, fresh: Any) -> None:
        if type(fresh) is not type(proxy) or isinstance(fresh, ProxyClass):
            raise Lost(f"{'.'.join(proxy._grader_path)} is something else now")
        object.__setattr__(proxy, "_grader_number", fresh._grader_number)
        object.__setattr__(proxy, "_grader_generation", self.generation)
        object.__setattr__(proxy, "_grader_received", fresh._grader_received)
        # The number now belongs to this proxy: dropping the other must not release it.
        object.__setattr__(fresh, "_grader_received", 0)
        self._proxies[fresh._grader_number] = proxy

    # Arriving

    def admit(self, entry: list[Any], item: Item) -> Any:
        """The object that an entry of the other side means here.

        Raises:
            ProtocolViolation: It means nothing.
        """
        tag, number = entry[0], entry[1]
        if tag == tags.EXCEPTION_CLASS:
            return known_exception(number) or Exception
        if type(number) is not int or number < 0:
            raise ProtocolViolation("a handle without a number")
        if tag == tags.MINE:
            plain = item(entry[3]) if len(entry) > 3 else None
            return self._proxy(number, self._their_class(entry[2]), plain)
        if tag == tags.MY_CLASS:
            return self._their_class(number)
        if tag == tags.YOUR_CLASS:
            return self.exports.class_at(number)
        if tag == tags.EXCEPTION:
            return self._admit_exception(number, *entry[2:], item=item)
        raise ProtocolViolation(f"an entry with tag {tag}")

    def array(self, entry: list[Any], alone: bool) -> Any:
        """The NumPy array or scalar that an entry describes; ``alone`` if it is inside of nothing."""
        try:
            numpy = self._library("numpy")
        except ImportError:
            numpy = None
        return self._received_array(read_array(numpy, entry), alone)

    def own(self, number: int) -> Any:
        """The object of this side that was sent under a number."""
        return self.exports.held(tags.MINE, number).value

    def _proxy(self, number: int, cls: Any, plain: Any) -> Any:
        proxy = self._proxies.get(number, self._kept.get(number))
        if proxy is not None and type(proxy) is cls and proxy._grader_generation == self.generation:
            object.__setattr__(proxy, "_grader_received", proxy._grader_received + 1)
            return proxy
        if isinstance(cls, ProxyClass) and issubclass(cls, BaseException):
            raise ProtocolViolation("an exception sent as an object")
        proxy = make_proxy(cls, number, self.generation, plain)
        try:
            self._proxies[number] = proxy
        except TypeError:  # built-in numbers and tuples can't be referred to weakly
            self._kept[number] = proxy
        return proxy

    def _their_class(self, number: Any) -> Any:
        try:
            return self._their_classes[number]
        except (KeyError, TypeError):
            raise ProtocolViolation("a class that was never described") from None

    def learn(self, descriptions: Any) -> None:
        """Take in the other side's class descriptions, each before its subclasses."""
        if type(descriptions) is not list:
            raise ProtocolViolation("class descriptions that are no list")
        # A class is numbered before its bases are, so its description may come first.
        waiting = {d.number: d for d in map(ClassDescription.from_wire, descriptions)}
        if not self._their_classes.keys().isdisjoint(waiting):
            raise ProtocolViolation("a class that was described before")
        while waiting:
            self._learn_one(next(iter(waiting)), waiting)

    def _learn_one(self, number: int, waiting: dict[int, ClassDescription]) -> type:
        if number in self._their_classes:
            return self._their_classes[number]
        if number not in waiting:
            raise ProtocolViolation("a base class that was never described")
        description = waiting.pop(number)
        bases: list[type] = []
        for base in description.bases:
            local = known_exception(base) if isinstance(base, str) else self._learn_one(base, waiting)
            if local is not None:
                bases.append(local)
        full = (description.module, description.qualname)
        cls = self._named_classes.get(full)
        if cls is not None and cls._grader_generation != self.generation:  # the same class in a fresh candidate
            cls._grader_number, cls._grader_generation = number, self.generation
        else:
            cls = make_class(self._home, description, tuple(bases), self.generation)
            self._named_classes.setdefault(full, cls)
        self._their_classes[number] = cls
        return cls

    def _admit_exception(
        self, number: int, kind: Any, args: Any, text: Any, trace: Any, cause: Any, noted: Any, *, item: Item
    ) -> BaseException:
        cls: Any = known_exception(kind) if isinstance(kind, str) else self._their_class(kind)
        if cls is None:
            cls = Exception
        arguments = item(args)
        if not issubclass(cls, BaseException) or type(arguments) is not tuple or type(text) is not str:
            raise ProtocolViolation("an exception that is none")
        if not hasattr(cls, "_grader_home"):
            error = rebuild(cls, arguments)
            if number > 0:
                error.__dict__.update(_grader_number=number, _grader_generation=self.generation)
        else:
            known = self._proxies.get(-number)
            if known is not None and known.__dict__.get("_grader_generation") == self.generation:
                self._home.release(number, 1, self.generation)
                return known
            error = rebuild(cls, arguments)
            error.__dict__.update(_grader_number=number, _grader_generation=self.generation, _grader_text=text)
            if isinstance(error, cls):  # else none of its class could be made, and this one stands for it once
                self._proxies[-number] = error
        if isinstance(trace, str):
            error.__dict__["_grader_trace"] = trace[:20_000]
        origin = item(cause)
        if isinstance(origin, BaseException) and _is_short(origin):
            error.__cause__ = origin
        if _size(error) > MOST_IN_GROUP:
            raise ProtocolViolation(f"a group of more than {MOST_IN_GROUP:,} exceptions")
        if type(lines := item(noted)) is tuple:
            error.__dict__["__notes__"] = [line for line in lines if type(line) is str]
        return error

    def renew(self) -> None:
        """Forget the other side: a fresh candidate takes its place. Named classes keep their local identity."""
        self.generation += 1
        self._their_classes.clear()
        self._proxies.clear()
        self._kept.clear()
        self.exports.clear()


def _size(error: BaseException) -> int:
    """How many exceptions one stands for: one, or those in the group, counted until there are too many."""
    if not isinstance(error, BaseExceptionGroup):
        return 1
    size = 0
    for inner in contents(error)[1]:
        size += _size(inner)
        if size > MOST_IN_GROUP:
            break
    return size


def _is_short(error: BaseException | None) -> bool:
    """Whether a chain of causes ends soon: message by message it could be made so long that nobody is done printing it."""
    for _step in range(_MOST_CAUSES):
        if error is None:
            return True
        error = error.__cause__
    return False
