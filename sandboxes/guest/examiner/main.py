"""Entry point of the examiner container: a fork server. The parent holds the tests, each child grades one submission."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import resource
import select
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from ..objects.contract import Contract
from ..tree import Tree
from ..wire.control import Control
from ..wire.errors import WireClosed
from ..wire.leaves import load_time_zones
from .awards import Awards
from .connection import Connection, Surroundings
from .fixtures import Fixtures
from .modules import Finder
from .plugin import GradingPlugin
from .program import Program
from .requests import RequestHandler
from .results import Results
from .running import FILE_PATTERNS, OPTIONS, prepare, prepare_hypothesis
from .submission import Submission
from .tools import inspect
from .trial import try_tests

__all__ = ["main"]

HOME = "/assignment"
SCRATCH = "/tmp/work"


def grade(control: Control, wire: int, setup: dict[str, Any], order: dict[str, Any], home: str, scratch: str) -> None:
    """Run the tests against one candidate (in a process of its own).

    Args:
        control: Connection to the worker for this grading.
        wire: Connected socket of the candidate.
        setup: The message that set the examiner up.
        order: The message that asked for this grading.
        home: Folder that holds ``tests/``.
        scratch: Folder for temporary files, the same path in the candidate.
    """
    limit = setup["output"]
    contract = Contract(order["facts"])
    connection = Connection(wire, setup["patience"], lambda: control.send({"do": "waiting"}), RequestHandler(), contract)
    os.makedirs(scratch)
    os.environ["TMPDIR"] = scratch
    surroundings = Surroundings(connection, scratch, limit)
    awards = Awards()
    results = Results()
    plugin = GradingPlugin(control, connection, surroundings, results, awards, order["collect_only"], order["tests"])
    plugin.finder = Finder(setup["provided"], connection, plugin.replace)
    sys.meta_path.insert(0, plugin.finder)
    fixtures = Fixtures(Submission(order["files"]), Program(connection, setup["program"], limit), awards)
    folders = [str(path) for path in (Path(home, "tests", kind) for kind in ("public", "hidden")) if path.is_dir()]
    sys.path[:0] = reversed(folders)
    os.chdir(home)
    arguments = [*OPTIONS, home, *FILE_PATTERNS, f"--basetemp={scratch}/pytest", "-c", os.devnull, *folders]
    pytest.main(arguments, plugins=[plugin, results, fixtures])
    control.send({"do": "done", "facts": contract.facts() if order["facts"] is None else []})


class ForkServer:
    """Takes orders from the worker and forks a child for each.

    Args:
        control: Connection to the worker.
        home: Folder for the tests.
        scratch: Folder for temporary files.
    """

    def __init__(self, control: Control, home: str, scratch: str) -> None:
        self._control = control
        self._home = home
        self._scratch = scratch
        self._children: dict[int, int] = {}
        self._wakeup, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def run(self) -> None:
        """Serve until the worker hangs up."""
        setup, _ = self._control.receive()
        _load_for_values()
        Tree(self._home).apply([[path, content] for path, content in setup["files"].items()])
        prepare_hypothesis()
        prepare(f"{self._home}/nothing")
        gc.collect()
        gc.freeze()
        self._control.send({"do": "ready", "python": sys.version.split()[0]})
        try:
            while True:
                if not self._control.buffered():
                    select.select([self._control.fileno(), self._wakeup], [], [])
                    self._reap()
                    if not select.select([self._control], [], [], 0)[0]:
                        continue
                order, descriptors = self._control.receive()
                if order["do"] == "end":
                    self._kill(order["number"])
                else:
                    self._fork(setup, order, descriptors)
        except WireClosed:
            for number in list(self._children.values()):
                self._kill(number)

    def _fork(self, setup: dict[str, Any], order: dict[str, Any], descriptors: list[int]) -> None:
        number = order["number"]
        pid = os.fork()
        if pid == 0:
            try:
                self._child(setup, order, descriptors, f"{self._scratch}/{number}")
            except WireClosed:
                pass
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(0)
        for descriptor in descriptors:
            os.close(descriptor)
        self._children[pid] = number

    def _child(self, setup: dict[str, Any], order: dict[str, Any], descriptors: list[int], scratch: str) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._control.close()
        control = Control(socket.socket(fileno=descriptors[0]))
        if order["do"] == "inspect":
            try:
                control.send(inspect(order, scratch))
            except Exception as error:
                control.send({"do": "inspected", "failure": f"{type(error).__name__}: {error}"})
            return
        limit = setup["memory"]
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        if not os.environ.get("GRADER_EXAMINER_LOG"):
            os.dup2(nothing, 2)
        if order["do"] == "try":
            try_tests(control, descriptors[1], setup, order, scratch)
        else:
            grade(control, descriptors[1], setup, order, self._home, scratch)

    def _kill(self, number: int) -> None:
        for pid, one in self._children.items():
            if one == number:
                os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        try:
            os.set_blocking(self._wakeup, False)
            os.read(self._wakeup, 4096)
        except BlockingIOError:
            pass
        while self._children:
            pid, _status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            number = self._children.pop(pid, None)
            shutil.rmtree(f"{self._scratch}/{number}", ignore_errors=True)


def _load_for_values() -> None:
    """Load what values of the other side are made of, before there are any: later nothing is imported or opened for them."""
    load_time_zones()
    with contextlib.suppress(ImportError):
        importlib.import_module("numpy")


def main(arguments: list[str]) -> None:
    """Connect as told (``socket PATH``, or ``stream`` with the connection as descriptor 3) and serve."""
    if arguments[0] == "socket":
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(arguments[1])
    else:
        from ..relay import serve_streams

        connection = serve_streams()
    ForkServer(Control(connection), HOME, SCRATCH).run()


if __name__ == "__main__":
    main(sys.argv[1:])
