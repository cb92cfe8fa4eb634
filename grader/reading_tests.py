"""What can be seen in test files without running them. They are known to be loaded by pytest."""

from __future__ import annotations

import ast
import difflib
from collections import Counter
from collections.abc import Iterator, Mapping

__all__ = ["copied_tests", "lost_tests", "misspelt_marks", "running_tests"]

_RUNS = frozenset({"eval", "exec", "pickle.loads", "pickle.load", "marshal.loads", "shelve.open", "dill.loads"})
"""Functions that run what they are given."""
_MARKS = (
    *("points", "competency", "hint", "efficiency", "memory", "scaling"),
    *("parametrize", "skip", "skipif", "xfail", "usefixtures", "filterwarnings"),
)
"""Marks of ours, and pytest's own. Plugins have more."""
_SIMILAR = 0.75
"""From which likeness on (of ``difflib``) another mark is taken for one of these, misspelt."""


def running_tests(files: Mapping[str, bytes]) -> Iterator[str]:
    """Where tests run text or bytes: ``eval(repr(point))`` is an idiom for programs that one trusts."""
    for path, tree in _trees(files):
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        for node in sorted(calls, key=lambda node: node.lineno):
            if node.args and not isinstance(node.args[0], ast.Constant) and ast.unparse(node.func) in _RUNS:
                yield f"{ast.unparse(node.func)} in {path}, line {node.lineno}"


def copied_tests(public: Mapping[str, bytes], hidden: Mapping[str, bytes]) -> Iterator[str]:
    """Names of hidden tests that are public ones, whatever their layout and comments."""
    known = {body for _name, body in _bodies(public)}
    for name, body in _bodies(hidden):
        if body in known:
            yield name


def lost_tests(files: Mapping[str, bytes]) -> Iterator[str]:
    """Tests that another one of the same name, later in the file or class, takes the place of."""
    for path, tree in _trees(files):
        for scope in ast.walk(tree):
            if isinstance(scope, ast.Module | ast.ClassDef):
                # Only what stands side by side: one under 'if' and one under 'else' are meant to be alternatives.
                names = Counter(name for name in map(_name_of_test, scope.body) if name)
                yield from (f"{name} in {path}, {count} times" for name, count in names.items() if count > 1)


def misspelt_marks(files: Mapping[str, bytes]) -> Iterator[str]:
    """Marks that nobody knows and that are spelt nearly as one that has a meaning: the test would have none of it."""
    for path, tree in _trees(files):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "pytest.mark" and node.attr not in _MARKS:
                for meant in difflib.get_close_matches(node.attr, _MARKS, 1, _SIMILAR):
                    yield f"{node.attr} in {path}, line {node.lineno}: is {meant} meant?"


def _name_of_test(node: ast.stmt) -> str | None:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name.lower().startswith("test"):
        return node.name
    return None


def _bodies(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Name and body of each test function."""
    for _path, tree in _trees(files):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
                marks = [ast.dump(mark) for mark in node.decorator_list if "parametrize" in ast.dump(mark)]
                yield node.name, "\n".join([*map(ast.dump, node.body), *marks])


def _trees(files: Mapping[str, bytes]) -> Iterator[tuple[str, ast.Module]]:
    for path, data in files.items():
        if path.endswith(".py"):
            yield path, ast.parse(data)
