"""The pytest plugin: tells the worker which tests there are, when each begins and what became of it."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import nullcontext
from typing import Any

import pytest
from _pytest.skipping import evaluate_skip_marks

from ..objects.contract import Contract
from ..objects.knowledge import note_alike
from ..sizes import actual_size
from ..wire.control import Control
from ..wire.errors import CandidateGone
from .absent_names import absent_for
from .awards import Awards
from .chance import Chance
from .connection import Connection, Surroundings
from .modules import Finder, is_of_submission
from .opening import Openings
from .results import EXPLANATION_LIMIT, Results
from .rounds import Rounds
from .scaling import place_in_family, scaling_of

__all__ = ["GradingPlugin"]

_MARKS = {
    "points(n)": "what the test is worth (default 1)",
    "competency(id, ...)": "competencies that the test shows",
    "hint(text)": "what a learner reads who fails the test",
    "efficiency": "its CPU time is compared with the reference's",
    "memory": "its peak of memory is compared with the reference's",
    "scaling(sizes, at_most, reference=None, vary=0)": "it is run at each size (argument 'size'); growth is judged",
}


class GradingPlugin:
    """Hooks of one grading.

    Args:
        control: Connection to the worker.
        connection: Connection to the candidate.
        surroundings: See there.
        openings: See there.
        results: What became of the test that runs.
        awards: Partial credit of the test that runs.
        collect_only: Stop after telling which tests there are.
        selection: ``order``: ids of the tests to run, in their order, some perhaps several times, or None for all;
            ``seed``: what the sizes of scaling tests follow from.
        chance: What tests draw.
        rounds: What is changed in these tests, if they are run for that.
    """

    def __init__(
        self,
        control: Control,
        connection: Connection,
        surroundings: Surroundings,
        openings: Openings,
        results: Results,
        awards: Awards,
        collect_only: bool,
        selection: dict[str, Any],
        chance: Chance,
        rounds: Rounds | None,
    ) -> None:
        self._control = control
        self._connection = connection
        self._surroundings = surroundings
        self._openings = openings
        self._results = results
        self._awards = awards
        self._collect_only = collect_only
        self._order: list[str] | None = selection["order"]
        self._chance = chance
        self._rounds = rounds
        self._seed: str = selection["seed"]
        self._errors: list[dict[str, Any]] = []
        self.finder: Finder | None = None

    # Talking to the worker

    def replace(self) -> tuple[str, str]:
        """Get a fresh candidate for one that ended; returns outcome and message of its end."""
        self._control.send({"do": "replace", **_end_of(self._connection.gone)})
        message, descriptors = self._control.receive()
        self._adopt(message, descriptors)
        return message["outcome"], message["message"]

    def _adopt(self, message: dict[str, Any], descriptors: list[int]) -> None:
        if message["do"] == "halt":
            pytest.exit("the worker wants no more tests run")
        self._connection.adopt(descriptors[0])
        self._surroundings.start_candidate()

    def _begin(self, item: pytest.Item) -> None:
        while True:
            self._control.send({"do": "started", "id": item.nodeid, **_end_of(self._connection.gone)})
            message, descriptors = self._control.receive()
            if message["do"] == "go":
                return
            self._adopt(message, descriptors)
            assert self.finder is not None
            self.finder.revive()

    def _enter(self, item: pytest.Item) -> None:
        """Let what was noted with the reference, and callbacks that fail, be this test's."""
        family = place_in_family(item)
        contract = self._connection.contract
        assert contract is not None
        contract.scope = family[0] if family else item.nodeid
        if contract.altering is not None:
            contract.known.clear()  # of what changed tests made, the reference's answers are not known
        contract.refused.clear()
        contract.beside.clear()
        self._connection.requests.begin()

    # Hooks

    def pytest_configure(self, config: pytest.Config) -> None:
        for mark, meaning in _MARKS.items():
            config.addinivalue_line("markers", f"{mark}: {meaning}")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._errors.append({"path": report.nodeid, "message": report.longreprtext[:EXPLANATION_LIMIT]})

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, obj: object) -> list[pytest.Item] | None:
        """A test is what a test file defines: a submission's ``test_mine`` or ``TestResult`` that it imports is none."""
        return [] if is_of_submission(obj) else None

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        for mark in metafunc.definition.iter_markers("scaling"):
            scaling = scaling_of(mark)
            if "size" not in metafunc.fixturenames:
                raise pytest.UsageError(f"{metafunc.definition.nodeid} is marked scaling: it needs an argument 'size'")
            function = metafunc.definition.nodeid.partition("[")[0]
            sizes = [actual_size(self._seed, function, size, scaling.vary) for size in scaling.sizes]
            # Tests are known by the sizes in the mark, so that results of all submissions stand side by side.
            metafunc.parametrize("size", sizes, ids=[str(size) for size in scaling.sizes])

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self._order is not None:
            known = {item.nodeid: item for item in items}
            items[:] = [known[name] for name in self._order if name in known]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        gc.enable()
        tests = [_describe(item) for item in session.items]
        self._control.send({"do": "collected", "tests": tests, "errors": self._errors, **_end_of(self._connection.gone)})

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if self._rounds is not None and not self._collect_only:
            for item, following in self._rounds.each({item.nodeid: item for item in session.items}):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return True if self._collect_only or self._rounds is not None else None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._begin(item)
        self._enter(item)
        self._results.clear()
        self._awards.take()
        self._surroundings.start_test()
        self._chance.begin(item.nodeid)  # before its fixtures, which may have a seed of their own
        result = yield
        ended = {"awards": self._awards.take(), **_end_of(self._connection.gone)}
        contract = self._connection.contract
        assert contract is not None
        ended |= {**self._results.summary(_unasked(contract)), "strayed": contract.strayed}
        if self._rounds is not None:
            self._rounds.passed = ended["outcome"] == "passed"
        ended["change"] = contract.altering.report() if contract.altering is not None else None
        self._control.send({"do": "finished", "id": item.nodeid, **ended})
        return result

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        self._chance.begin("")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Generator[None, object, object]:
        return self._unless_a_callback_failed((yield))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        if self.finder is not None and self.finder.lacks and (absent := absent_for(item)):
            raise absent
        with self._openings.of_a_test():
            result = yield
        self._connection.requests.see_all_ended()
        self._note_alike()
        return self._unless_a_callback_failed(result)

    def _note_alike(self) -> None:
        contract = self._connection.contract
        if contract is not None and contract.recording and contract.may_try():
            note_alike(contract)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Generator[None, object, object]:
        return self._unless_a_callback_failed((yield))

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any], request: Any) -> Generator[None, object, object]:
        shared = fixturedef.scope != "function"
        try:
            with self._chance.apart(f"{fixturedef.baseid}::{fixturedef.argname}") if shared else nullcontext():
                result = yield
        except BaseException as error:
            # pytest remembers none but Exception, and is then at odds with itself when another test needs the fixture.
            self._remember(fixturedef, request, error)
            raise
        failures = self._connection.requests.failures
        if failures:
            self._remember(fixturedef, request, failures[0])  # as if it had not been caught
        return self._unless_a_callback_failed(result)

    @staticmethod
    def _remember(fixturedef: pytest.FixtureDef[Any], request: Any, error: BaseException) -> None:
        """Have all tests that need the fixture fail."""
        fixturedef.cached_result = (None, fixturedef.cache_key(request), (error, error.__traceback__))

    def _unless_a_callback_failed(self, result: object) -> object:
        """``result``; a failure inside a callback fails the test, also if the program caught it."""
        failures = self._connection.requests.failures
        if failures:
            self._connection.requests.failures = []
            raise failures[0]
        return result


def _unasked(contract: Contract) -> str | None:
    """What is said to whoever wonders why ``a == b`` is false, though the class defines it."""
    if not contract.refused:
        return None
    return (
        f"(not asked here: {', '.join(contract.refused)}; no solution that is known to be right is asked that in this test)"
    )


def _end_of(gone: CandidateGone | None) -> dict[str, Any]:
    """Whether the candidate has ended, and why, as far as it is known here."""
    return {"gone": gone is not None, "cause": gone.cause if gone else "", "detail": gone.detail if gone else ""}


def _describe(item: pytest.Item) -> dict[str, Any]:
    points = item.get_closest_marker("points")
    hint = item.get_closest_marker("hint")
    competencies = [str(name) for mark in item.iter_markers("competency") for name in mark.args]
    unittest_skip = getattr(getattr(item, "obj", None), "__unittest_skip__", False)
    return {
        "id": item.nodeid,
        "points": float(points.args[0]) if points and points.args else 1.0,
        "hint": str(hint.args[0]) if hint and hint.args else None,
        "competencies": list(dict.fromkeys(competencies)),
        "skipped": bool(unittest_skip or evaluate_skip_marks(item)),
        "measures": [name for name in ("efficiency", "memory") if item.get_closest_marker(name)],
        "scaling": place_in_family(item),
    }
