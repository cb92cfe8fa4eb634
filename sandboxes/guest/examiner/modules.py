"""The submission's modules as the tests import them."""

from __future__ import annotations

import difflib
import importlib.abc
import importlib.machinery
import opcode
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, NoReturn

from ..objects.proxies import Proxy, ProxyClass, named
from ..wire.errors import CandidateGone
from .connection import Link
from .errors import BrokenModule, MissingName

__all__ = ["Finder", "RemoteModule", "is_of_submission", "missing"]

_IMPORT_FROM = opcode.opmap["IMPORT_FROM"]
_PROBE = "_handle_fromlist"
"""Function of the import system that asks whether ``from package import name`` means a submodule."""


class RemoteModule(ModuleType):
    """A module of the submission. Its names are looked up in the candidate each time."""

    _grader_proxy: Any
    _grader_broken: BrokenModule | None
    _grader_names: list[str]
    _grader_note: Callable[[Exception], None]
    _grader_stand_in: Callable[[str, Exception], type]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_grader_") or name in ("__path__", "__file__", "__wrapped__"):
            raise AttributeError(name)
        caller = sys._getframe(1)
        importing = _is_import_from(caller)
        if self._grader_broken is not None:
            if caller.f_code.co_name == _PROBE:
                raise AttributeError(name)
            if importing:
                return self._grader_stand_in(name, self._grader_broken)
            self._grader_note(self._grader_broken)
            raise self._grader_broken
        if name == "__all__":
            return self._starred()
        try:
            contract = self._grader_proxy._grader_home.contract
            value = named(getattr(self._grader_proxy, name), (self.__name__, ""), name, contract)
            if contract is not None and contract.recording:
                contract.has_attribute(self.__name__, name)
            return value
        except AttributeError as error:
            lacking = MissingName(str(error) if "is expected" in str(error) else self._missing(name))
            if importing:
                return self._grader_stand_in(name, lacking)
            if contract is not None and not contract.recording and contract.has_attribute(self.__name__, name):
                self._grader_note(lacking)  # the reference has it: a test that expects some failure means another
            raise AttributeError(str(lacking)) from None

    def __setattr__(self, name: str, value: Any) -> None:
        # The import system sets dunders and, on a package, its submodules; the rest is a test patching the learner's module.
        if name.startswith(("__", "_grader_")) or isinstance(value, RemoteModule):
            super().__setattr__(name, value)
        else:
            setattr(self._grader_proxy, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._grader_proxy, name)

    def __dir__(self) -> list[str]:
        return dir(self._grader_proxy) if self._grader_broken is None else []

    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        # pytest's monkeypatch puts back what it finds here, and deletes what it does not find.
        return _Names(self)

    def _starred(self) -> list[str]:
        contract = self._grader_proxy._grader_home.contract
        return [name for name in self._grader_names if contract is None or contract.has_name(self.__name__, name)]

    def _missing(self, name: str) -> str:
        close = difflib.get_close_matches(name, self._grader_names, n=1)
        hint = f" Did you mean to call it {name!r}? There is {close[0]!r}." if close else ""
        return f"{self.__name__} does not define {name!r}.{hint}"


class _Names(Mapping[str, Any]):
    """A module's names and what they stand for, looked up in the candidate."""

    def __init__(self, module: RemoteModule) -> None:
        self._module = module

    def __getitem__(self, name: str) -> Any:
        try:
            return getattr(self._module, name)
        except AttributeError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(dir(self._module))

    def __len__(self) -> int:
        return len(dir(self._module))


def _is_import_from(frame: Any) -> bool:
    code = frame.f_code.co_code
    return frame.f_lasti >= 0 and code[frame.f_lasti] == _IMPORT_FROM


def _is_probe() -> bool:
    frame = sys._getframe(2)
    while frame is not None and "importlib" in frame.f_code.co_filename:
        if frame.f_code.co_name == _PROBE:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


def _stand_in(name: str, error: Exception, note: Callable[[Exception], None]) -> type:
    """Something to bind a missing name to, so that the test file still loads; any use raises ``error``, and is noted."""

    def fail(*args: Any, **kwargs: Any) -> NoReturn:
        note(error)
        raise error

    class Absent(type):
        __call__ = __iter__ = __getitem__ = __instancecheck__ = __subclasscheck__ = __contains__ = __len__ = fail
        __add__ = __radd__ = __sub__ = __mul__ = __lt__ = __gt__ = __le__ = __ge__ = __eq__ = __ne__ = __enter__ = fail
        __hash__ = type.__hash__

        def __getattr__(cls, attribute: str) -> NoReturn:
            if attribute.startswith("_"):
                raise AttributeError(attribute)
            fail()

        def __repr__(cls) -> str:
            return f"<{error}>"

    return Absent(name, (Exception,), {"__module__": "submission", "__mro_entries__": fail, "_grader_missing": error})


def is_of_submission(value: object) -> bool:
    """Whether a value stands for something in the submission, or for what is missing there."""
    return isinstance(value, RemoteModule) or issubclass(type(value), Proxy | ProxyClass) or missing(value) is not None


def missing(value: Any) -> Exception | None:
    """What is to be said of a value that stands for a name which the submission lacks; ``None`` of all others."""
    return vars(value).get("_grader_missing") if isinstance(value, type) else None


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the submission's modules on the wire.

    Args:
        provided: Top-level names that are the submission's.
        connection: The wire.
        replace: Asks for a fresh candidate after the current one ended; returns outcome and message of its end.

    Attributes:
        lacks: Whether tests import any name that the submission lacks.
    """

    def __init__(self, provided: Iterable[str], connection: Link, replace: Callable[[], tuple[str, str]]) -> None:
        self._provided = frozenset(provided)
        self._connection = connection
        self._replace = replace
        self._modules: list[RemoteModule] = []
        self.lacks = False

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        package = fullname.rpartition(".")[0]
        if fullname.partition(".")[0] not in self._provided:
            return None
        if package and _is_probe() and not self._exists(fullname, package):
            return None
        return importlib.machinery.ModuleSpec(fullname, self)

    def _exists(self, fullname: str, package: str) -> bool:
        parent = sys.modules.get(package)
        if not isinstance(parent, RemoteModule) or parent._grader_broken is not None:
            return False
        try:
            return self._connection.request("find", fullname) is True
        except (Exception, CandidateGone):  # whatever goes wrong in there, there is no such module
            return False

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = RemoteModule(spec.name)
        module._grader_broken = None
        module._grader_names = []
        module._grader_note = self._note
        module._grader_stand_in = self._stand_in
        return module

    def _stand_in(self, name: str, error: Exception) -> type:
        self.lacks = True
        return _stand_in(name, error, self._note)

    def _note(self, error: Exception) -> None:
        """A test that uses what is missing fails, also if it expects some failure."""
        self._connection.note(error)

    def exec_module(self, module: ModuleType) -> None:
        assert isinstance(module, RemoteModule)
        # Modules that are packages here may be anything there: submodules are looked for in any case.
        module.__path__ = []
        self._load(module)
        self._modules.append(module)

    def revive(self) -> None:
        """Import all modules again, in a fresh candidate."""
        for module in self._modules:
            if module._grader_broken is None:
                self._load(module)

    def _load(self, module: RemoteModule) -> None:
        name = module.__name__
        try:
            proxy, names, _package = self._connection.request("import", name)
            if not isinstance(proxy, Proxy):
                raise ImportError(f"{name} replaced itself in sys.modules by something that is no module")
            module._grader_proxy, module._grader_names = proxy, [n for n in names if isinstance(n, str)]
            object.__setattr__(proxy, "_grader_path", (name, ""))
        except CandidateGone:
            outcome, message = self._replace()
            module._grader_broken = BrokenModule(f"while {name} was imported: {message}", outcome)
            self.revive()
        except BaseException as error:
            module._grader_broken = _explain(name, error)


def _explain(name: str, error: BaseException) -> BrokenModule:
    trace = vars(error).get("_grader_trace")
    if isinstance(error, ModuleNotFoundError) and f"'{name}'" in str(error):
        return BrokenModule(f"there is no module {name} in the submission")
    if isinstance(error, SystemExit):
        return BrokenModule(
            f'{name} ended the program while it was imported (sys.exit): put such code under if __name__ == "__main__":',
            trace=trace,
        )
    return BrokenModule(f"{name} could not be imported: {type(error).__name__}: {error}", trace=trace)
