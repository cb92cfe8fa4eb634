"""``KeyboardInterrupt`` of a program fails the test that it runs in; pytest would end with all that is still to run."""

from __future__ import annotations

from collections.abc import Generator

import pytest

__all__ = ["Interrupts"]


class Interrupts:
    """Hooks around what a test does. A test that expects the exception gets it as it is."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Generator[None, object, object]:
        return (yield from _interrupted())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        return (yield from _interrupted())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Generator[None, object, object]:
        return (yield from _interrupted())


def _interrupted() -> Generator[None, object, object]:
    try:
        return (yield)
    except KeyboardInterrupt as interrupt:
        failure = RuntimeError("KeyboardInterrupt")
        vars(failure).update(_grader_trace=vars(interrupt).get("_grader_trace"))
        raise failure from interrupt
