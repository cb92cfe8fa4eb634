"""The ``submission`` fixture: what the learner wrote, as text and as syntax trees. Nothing of it is executed here."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .parsing import parsed, why_unreadable

__all__ = ["Submission"]


class Submission:
    """The learner's files.

    Args:
        files: Content by relative path.
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    @property
    def files(self) -> list[str]:
        """Relative paths of all files handed in, sorted."""
        return sorted(self._files)

    def text(self, path: str | None = None) -> str:
        """The text of one file; without a path, of the only Python file.

        Raises:
            AssertionError: There is no such file, or it is not text; the learner reads the message.
        """
        path = path or self._only()
        if path not in self._files:
            raise AssertionError(f"the submission has no file {path}; it has {', '.join(self.files)}")
        try:
            return self._files[path].decode("utf-8-sig")
        except UnicodeDecodeError:
            raise AssertionError(f"{path} is not UTF-8 text") from None

    def tree(self, path: str | None = None) -> ast.Module:
        """The syntax tree of one Python file; without a path, of the only one.

        Raises:
            AssertionError: It is not valid Python, or nothing that Python's parser can cope with.
        """
        text = self.text(path)
        # Some text makes the parser crash, and the process with it: another one tries first.
        unreadable = why_unreadable(text)
        if unreadable is not None:
            raise AssertionError(f"{path or self._only()} is not valid Python: {unreadable.reason} (line {unreadable.line})")
        try:
            return parsed(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError) as error:
            raise AssertionError(f"{path or self._only()} is not valid Python: {error}") from None

    def function(self, name: str, path: str | None = None) -> ast.FunctionDef | ast.AsyncFunctionDef:
        """The definition of a function or method, ``"name"`` or ``"Class.name"``.

        Raises:
            AssertionError: It is not defined.
        """
        found: ast.AST = self.tree(path)
        for part in name.split("."):
            inner = {
                node.name: node
                for node in ast.iter_child_nodes(found)
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            }
            if part not in inner:
                raise AssertionError(f"{path or self._only()} does not define {name}")
            found = inner[part]
        if not isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
            raise AssertionError(f"{name} is not a function")
        return found

    def imports(self, path: str | None = None) -> set[str]:
        """Top-level names of the modules that one file, or without a path every Python file, imports."""
        paths = [path] if path else [name for name in self.files if name.endswith(".py")]
        return {name.partition(".")[0] for one in paths for name in _imported(self.tree(one))}

    def calls(self, node: ast.AST) -> set[str]:
        """Names of the functions and methods called anywhere inside ``node``."""
        names = set()
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call):
                if isinstance(inner.func, ast.Name):
                    names.add(inner.func.id)
                elif isinstance(inner.func, ast.Attribute):
                    names.add(inner.func.attr)
        return names

    def is_recursive(self, name: str, path: str | None = None) -> bool:
        """Whether a function calls a function of its own name."""
        return name.rpartition(".")[2] in self.calls(self.function(name, path))

    def _only(self) -> str:
        python = [path for path in self.files if path.endswith(".py")]
        if len(python) != 1:
            raise AssertionError(f"the submission has {len(python)} Python files: name the one that is meant")
        return python[0]


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
