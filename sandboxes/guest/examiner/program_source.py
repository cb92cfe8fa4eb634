"""The program that learners' tests are tried on, imported from memory: no file of it can be read."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

from ..tree import Tree

__all__ = ["ProgramSource"]


class ProgramSource(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):  # type: ignore[misc]  # typeshed's two disagree
    """Finds and loads the program's modules.

    Args:
        files: Content by relative path. What is no Python is written to ``folder``, for the program to read.
        folder: A new folder.
    """

    def __init__(self, files: Mapping[str, bytes], folder: str) -> None:
        self._folder = folder
        self._modules = {path: data for path, data in files.items() if path.endswith(".py")}
        Path(folder).mkdir(parents=True)
        Tree(folder).apply([[path, data] for path, data in files.items() if path not in self._modules])
        for path in list(self._modules):
            # A folder of modules is a package, whether or not it says so.
            for parent in Path(path).parents[:-1]:
                self._modules.setdefault(f"{parent.as_posix()}/__init__.py", b"")

    def has(self, name: str | None) -> bool:
        """Whether a module of this name is the program's."""
        return name is not None and self._path(name) is not None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        found = self._path(fullname)
        if found is None:
            return None
        spec = importlib.util.spec_from_loader(fullname, self, origin=found, is_package=found.endswith("/__init__.py"))
        assert spec is not None
        spec.has_location = True
        return spec

    def get_filename(self, fullname: str) -> str:
        path = self._path(fullname)
        if path is None:
            raise ImportError(f"there is no module {fullname}")
        return f"{self._folder}/{path}"

    def get_data(self, path: str | bytes) -> bytes:
        try:
            return self._modules[str(path).removeprefix(f"{self._folder}/")]
        except KeyError:
            raise OSError(f"{path!r} is not part of the program") from None

    def _path(self, fullname: str) -> str | None:
        base = fullname.replace(".", "/")
        return next((path for path in (f"{base}/__init__.py", f"{base}.py") if path in self._modules), None)
