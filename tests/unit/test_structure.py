"""Imports run one way."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def imports(path):
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level] if node.level else ()
            yield ".".join([*base, *([node.module] if node.module else [])])


def modules(folder):
    return sorted((ROOT / folder).rglob("*.py"))


def test_sandboxes_know_nothing_of_the_domain():
    for path in modules("sandboxes"):
        assert not any(name.split(".")[0] in ("grader", "workers") for name in imports(path)), path


DOMAIN = [
    *modules("grader/assignment"), *modules("grader/submission"), *modules("grader/scoring"), *modules("grader/policy"),
    *(ROOT / "grader" / f"{name}.py" for name in ("report", "feedback", "patterns", "digest", "errors", "model", "junit")),
]  # fmt: skip


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: path.stem)
def test_the_domain_knows_nothing_of_docker_or_faces(path):
    outside = {"docker", "click", "rich", "celery", "redis", "sqlalchemy", "fastapi", "httpx2", "sandboxes", "workers"}
    assert not any(name.split(".")[0] in outside or name.startswith("grader.cli") for name in imports(path))


@pytest.mark.parametrize("path", [*modules("grader/store"), *modules("grader/service")], ids=lambda path: path.stem)
def test_store_and_service_know_nothing_of_docker_queues_or_faces(path):
    outside = {"docker", "click", "rich", "celery", "redis", "fastapi", "httpx2", "sandboxes", "workers"}
    faces = ("grader.cli", "grader.api", "grader.lms")
    assert not any(name.split(".")[0] in outside or name.startswith(faces) for name in imports(path))


def test_guests_import_the_standard_library_and_msgpack_alone():
    allowed = {"sandboxes", "msgpack", *sys.stdlib_module_names}
    for path in modules("sandboxes/guest"):
        extra = {"pytest", "_pytest", "hypothesis", "ruff"} if {"examiner", "testwriter"} & set(path.parts) else {"numpy"}
        assert {name.split(".")[0] for name in imports(path)} <= allowed | extra, path


def test_one_module_starts_containers():
    users = [
        path for path in modules("sandboxes") + modules("grader") if "docker" in {n.split(".")[0] for n in imports(path)}
    ]
    assert {path.relative_to(ROOT).as_posix() for path in users} == {
        "sandboxes/engine.py",
        "sandboxes/images/ageing.py",
        "sandboxes/images/base.py",
        "sandboxes/images/build.py",
    }
