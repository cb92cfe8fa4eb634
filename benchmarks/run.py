"""Time from submission to report, against two ways without this project; and the cost of a call across the wire.

The ways are interleaved in one run, so that a machine whose speed drifts slows them all. Quote the ratios.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sandboxes.engine import ContainerSpec, Engine
from sandboxes.images.build import ImageBuilder
from sandboxes.sandbox import Sandbox
from sandboxes.suite import Limits, Suite

ROUNDS = 15
CALLS = 20_000

SUBMISSION = b"""
def add(a, b):
    return a + b

def total(numbers):
    return sum(numbers)
"""
TESTS = b"""
import pytest
from numbers_ import add, total

@pytest.mark.parametrize("a, b", [(1, 2), (0, 0), (-1, 1)])
def test_add(a, b):
    assert add(a, b) == a + b

def test_total():
    assert total([1, 2, 3]) == 6

def test_total_of_nothing():
    assert total([]) == 0
"""
CALL_TESTS = f"""
import time
from numbers_ import add, total

def per_call(function, *arguments):
    start = time.perf_counter()
    for _ in range({CALLS}):
        function(*arguments)
    return (time.perf_counter() - start) / {CALLS} * 1e6

def test_small():
    print(f"{{per_call(add, 1, 2):.1f}}")

def test_list_of_hundred():
    print(f"{{per_call(total, list(range(100))):.1f}}")
""".encode()


def suite(tests: bytes, limits: Limits) -> Suite:
    files = {"numbers_.py": SUBMISSION}
    return Suite(
        "benchmark", {"tests/hidden/test_numbers.py": tests}, frozenset({"numbers_"}), "numbers_.py", files, limits=limits
    )


def timed(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def row(name: str, seconds: list[float], base: list[float] | None) -> str:
    low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
    text = f"{name:48} {middle * 1000:7.0f} ms  ({low * 1000:.0f} to {high * 1000:.0f})"
    if base is not None:
        ratios = [other / own for other, own in zip(seconds, base, strict=True)]
        text += f"   {statistics.median(ratios):5.1f} x  ({min(ratios):.1f} to {max(ratios):.1f})"
    return text


def one_container(engine: Engine, image: str, folder: str) -> None:
    """A fresh container for one pytest run, files copied in as a bind mount."""
    code = (
        "import os, sys; os.environ['PYTEST_DISABLE_PLUGIN_AUTOLOAD'] = '1'; import pytest; "
        "sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', '/run/grader']))"
    )
    arguments = ["-c", code]
    spec = ContainerSpec(image, "benchmark", arguments, 10001, 512 << 20, 64, {"/tmp": 64 << 20}, mount=folder)
    container = engine.create(spec)
    try:
        engine.start(container)
        state = engine.exit_state(container, 60)
        assert state is not None
        assert state.code == 0, f"pytest in a container ended with {state.code}"
    finally:
        engine.remove(container)


def bare(folder: str) -> None:
    """A new interpreter, without the plugins that happen to be installed here: they would slow it down."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, folder]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    subprocess.run(command, check=True, capture_output=True, cwd=folder, env=environment)


def compare(engine: Engine) -> None:
    image = ImageBuilder(engine).examiner("", "")
    with tempfile.TemporaryDirectory() as folder, Sandbox(engine, suite(TESTS, Limits()), parallel=1) as sandbox:
        Path(folder).chmod(0o755)
        Path(folder, "numbers_.py").write_bytes(SUBMISSION)
        Path(folder, "test_numbers.py").write_bytes(TESTS)
        ways: dict[str, Callable[[], object]] = {
            "grader, warm": lambda: sandbox.run({"numbers_.py": SUBMISSION}),
            "cold python -m pytest on the host, no isolation": lambda: bare(folder),
            "one container with pytest for each submission": lambda: one_container(engine, image, folder),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for round_number in range(ROUNDS + 1):
            for name, way in ways.items():
                seconds = timed(way)
                if round_number:  # the first round warms files and caches for all
                    times[name].append(seconds)
                time.sleep(0.3)  # the pool starts the next candidate while nobody waits, as between learners
        base = times["grader, warm"]
        print(f"five small tests, {ROUNDS} rounds: median (least to most), and how many times the grader's")
        for name, seconds_of in times.items():
            print("  " + row(name, seconds_of, None if seconds_of is base else base))


def call_cost(engine: Engine) -> None:
    limits = Limits(cpu_time=60.0, total_time=300.0)
    with Sandbox(engine, suite(CALL_TESTS, limits)) as sandbox:
        rounds = [sandbox.run({"numbers_.py": SUBMISSION}) for _ in range(5)]
    print(f"a call across the wire, {CALLS} calls, 5 rounds: median (least to most)")
    for index, name in enumerate(("add(1, 2)", "total(list of 100)")):
        costs = [float(run.tests[index].stdout) for run in rounds]
        print(f"  {name:48} {statistics.median(costs):7.1f} µs  ({min(costs):.1f} to {max(costs):.1f})")


if __name__ == "__main__":
    engine = Engine()
    compare(engine)
    call_cost(engine)
