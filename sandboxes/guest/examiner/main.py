"""Entry point of the examiner container: a fork server. The parent holds the tests, each child grades one submission.

The parent never sees a submission: what it had seen, each later child would find in the memory it inherits. So the
parent gets numbers and connections, and a child reads its order from a connection of its own, once it is confined.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import resource
import secrets
import select
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from ..isolation.cell import UNTIDY, Bounds, Cell, clear_shared, prepare, probe
from ..isolation.kernel import set_dumpable
from ..isolation.protection import Protection
from ..objects.altering import Altering
from ..objects.contract import Contract
from ..tree import Tree
from ..wire.control import Control
from ..wire.errors import WireClosed
from ..wire.leaves import distrust
from .awards import Awards
from .chance import Chance
from .connection import Connection, Surroundings
from .databases import LISTENERS, guard_databases
from .empty_arrays import watch_comparisons
from .expected import Expected
from .fixtures import Fixtures
from .interrupts import Interrupts
from .modules import Finder
from .opening import Openings, own_descriptors
from .paths import Paths
from .plugin import GradingPlugin
from .program import Program
from .reading_limit import end_when_overdue
from .requests import RequestHandler
from .results import Results
from .rounds import Rounds
from .running import FILE_PATTERNS, OPTIONS, prepare_hypothesis
from .running import prepare as prepare_pytest
from .submission import Submission
from .tools import inspect
from .trial import try_tests

__all__ = ["main"]

HOME = "/assignment"
SCRATCH = "/tmp/work"
_QUIET, _QUIET_WHILE_GRADING = 0.005, 0.25
"""Seconds without an order after which the next cell is made: a grading that has just begun needs the processor more."""


def grade(
    control: Control, wire: int, setup: dict[str, Any], order: dict[str, Any], chance: Chance, home: str, scratch: str
) -> None:
    """Run the tests against one candidate (in a process of its own).

    Args:
        control: Connection to the worker for this grading.
        wire: Connected socket of the candidate.
        setup: The message that set the examiner up.
        order: The message that asked for this grading.
        chance: Of the tests.
        home: Folder that holds ``tests/``.
        scratch: Folder for temporary files, the same path in the candidate.
    """
    limit = setup["output"]
    contract = Contract(order["facts"], order["one_way"], order["once"], order["proven"])
    waiting = {"do": "waiting"}
    own, paths = own_descriptors() - {wire}, Paths(home)  # the number of a candidate that is gone may be another file's
    connection = Connection(wire, setup["patience"], lambda: control.send(waiting), RequestHandler(), contract, paths)
    watch_comparisons(contract)
    LISTENERS.append(connection.requests.hear)
    os.makedirs(scratch, exist_ok=True)
    os.environ["TMPDIR"] = scratch
    tempfile.tempdir = None  # what was found before belongs to another process
    surroundings = Surroundings(connection, scratch, limit)
    awards = Awards()
    results = Results()
    openings = Openings(paths, contract, lambda: own | connection.descriptors, lambda: connection.requests.depth)
    tests, rounds = order["tests"], None
    if order["changes"] is not None:
        contract.altering = Altering(f"{home}/")
        rounds = Rounds(contract.altering, tests["order"], order["changes"])
    plugin = GradingPlugin(
        *(control, connection, surroundings, openings, results, awards, order["collect_only"], tests),
        chance=chance,
        rounds=rounds,
    )
    plugin.finder = Finder(setup["provided"], connection, plugin.replace)
    sys.meta_path.insert(0, plugin.finder)
    fixtures = Fixtures(Submission(order["files"]), Program(connection, setup["program"], limit), awards)
    folders = [str(path) for path in (Path(home, "tests", kind) for kind in ("public", "hidden")) if path.is_dir()]
    sys.path[:0] = reversed(folders)
    os.chdir(home)
    arguments = [*OPTIONS, home, *FILE_PATTERNS, f"--basetemp={scratch}/pytest", "-c", os.devnull, *folders]
    gc.disable()  # it would look through what pytest makes of its options a hundred times; tests find it as usual
    pytest.main(arguments, plugins=[plugin, results, fixtures, Interrupts()])
    control.send({"do": "done", "facts": contract.facts() if order["facts"] is None else []})


class ForkServer:
    """Takes orders from the worker and starts a cell for each.

    Args:
        control: Connection to the worker.
        home: Folder for the tests.
        scratch: Folder for temporary files.
    """

    def __init__(self, control: Control, home: str, scratch: str) -> None:
        self._control = control
        self._home = home
        self._scratch = scratch
        self._setup: dict[str, Any] = {}
        self._spare: Cell | None = None
        self._keepers: dict[int, int] = {}
        self._chance: Chance
        self._expected = Expected()
        self._protection: Protection
        self._bounds: Bounds
        self._wakeup, writer = os.pipe()
        os.set_blocking(self._wakeup, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def run(self) -> None:
        """Serve until the worker hangs up."""
        setup, _ = self._control.receive()
        self._setup = setup
        guard_databases()
        _load_for_values()
        Tree(self._home).apply([[path, content] for path, content in setup["files"].items()])
        self._chance = Chance(setup["files"])
        prepare_hypothesis()
        prepare_pytest(f"{self._home}/nothing", tests=self._home)
        self._bounds = Bounds(setup["disk"], setup["entries"], setup["processes"], self._home)
        self._protection = probe(self._bounds)
        gc.collect()
        gc.freeze()
        ready = {"do": "ready", "python": sys.version.split()[0], "protection": self._protection.message()}
        self._control.send(ready)
        try:
            while True:
                if not self._control.buffered() and not self._wait():
                    continue
                order, descriptors = self._control.receive()
                if order["do"] == "end":
                    self._end(order["number"])
                elif order["do"] == "expect":
                    self._expected.expect(order["name"])
                else:
                    self._begin(order["number"], order["met"], descriptors)
        except WireClosed:
            for number in list(self._keepers.values()):
                self._end(number)

    def _wait(self) -> bool:
        """Wait for something to do; whether it is an order. The next cell is made when there is nothing else to do."""
        patience = None
        if self._spare is None:
            patience = _QUIET_WHILE_GRADING if self._keepers else _QUIET
        if not select.select([self._control.fileno(), self._wakeup], [], [], patience)[0]:
            self._spare = self._prepare()
        self._reap()
        return bool(select.select([self._control], [], [], 0)[0])

    def _prepare(self) -> Cell | None:
        # Learners' code sees the folder's name, which must not tell what came before.
        scratch = f"{self._scratch}/{secrets.randbits(48)}"
        try:
            return prepare(
                self._protection, self._bounds, scratch, lambda descriptors: self._work(self._setup, descriptors, scratch)
            )
        except OSError:
            return None

    def _begin(self, number: int, met: str | None, descriptors: list[int]) -> None:
        # If there is no cell to be had, or it was lost, the worker sees its connection closed.
        try:
            if met is not None:
                descriptors.append(self._expected.take(met))
            cell, self._spare = self._spare or self._prepare(), None
            if cell is not None:
                self._keepers[cell.keeper] = number
                cell.enter(descriptors)
        except (WireClosed, OSError):
            pass
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _work(self, setup: dict[str, Any], descriptors: list[int], scratch: str) -> None:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        if not os.environ.get("GRADER_EXAMINER_LOG"):
            os.dup2(nothing, 2)
        os.close(nothing)
        control = Control(socket.socket(fileno=descriptors[0]))
        try:
            self._judge(control, descriptors[1:], setup, scratch)
        except WireClosed:
            pass  # the worker has had enough

    def _judge(self, control: Control, wires: list[int], setup: dict[str, Any], scratch: str) -> None:
        order, _ = control.receive()
        control.key = order.pop("key")
        limit = setup["memory"]
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        if order["do"] == "inspect":
            try:
                control.send(inspect(order, f"{scratch}/files"))
            except Exception as error:
                control.send({"do": "inspected", "failure": f"{type(error).__name__}: {error}"})
            return
        end_when_overdue()
        if order["do"] == "try":
            try_tests(control, wires[0], setup, order, scratch)
        else:
            grade(control, wires[0], setup, order, self._chance, self._home, scratch)

    def _end(self, number: int) -> None:
        for pid, other in self._keepers.items():
            if other == number:
                os.kill(pid, signal.SIGTERM)

    def _reap(self) -> None:
        try:
            os.read(self._wakeup, 4096)
        except BlockingIOError:
            pass
        while self._keepers or self._spare:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if self._spare and self._spare.keeper == pid:
                self._spare.entrance.close()
                self._spare = None
            known = self._keepers.pop(pid, None) is not None
            if known and self._untidy(os.waitstatus_to_exitcode(status)):
                # Something of that grading is left: no other may meet it. The worker starts another examiner.
                raise SystemExit("a grading left something behind that could not be removed")
        if not self._keepers and not self._protection.namespaces:
            clear_shared()

    def _untidy(self, code: int) -> bool:
        """Whether a keeper could not clear up, or ended before it did; with namespaces there is nothing to clear."""
        return not self._protection.namespaces and (code == UNTIDY or code < 0)


def _load_for_values() -> None:
    """Load what values of the other side are made of, before there are any: later nothing is imported or opened for them."""
    distrust()
    with contextlib.suppress(ImportError):
        importlib.import_module("numpy.testing")


def main(arguments: list[str]) -> None:
    """Connect as told (``socket PATH``, or ``stream`` with the connection as descriptor 3) and serve."""
    set_dumpable(False)  # children may not look into this process, nor into its relay
    if arguments[0] == "socket":
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(arguments[1])
    else:
        from ..relay import serve_streams

        connection = serve_streams()
    ForkServer(Control(connection), HOME, SCRATCH).run()


if __name__ == "__main__":
    main(sys.argv[1:])
