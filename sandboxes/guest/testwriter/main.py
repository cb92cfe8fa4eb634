"""Entry point of the container that holds a learner's tests: wait for them, then run them when the examiner says so."""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

import pytest

from ..candidate.main import tell_loaded
from ..candidate.servant import Servant
from ..examiner.connection import Link, Surroundings
from ..examiner.modules import Finder
from ..examiner.results import Results
from ..examiner.running import FILE_PATTERNS, OPTIONS, WITHOUT_HYPOTHESIS, prepare, prepare_hypothesis
from ..first import go_on_in_a_child
from ..meeting import meet
from ..tree import Tree
from ..wire.frames import FrameStream, pack, unpack
from .plugin import ReportingPlugin

__all__ = ["main"]

HOME = "/submission"
SCRATCH = "/tmp/programs"


class _Link(Link):
    """The connection to the program under test, which can't be replaced: giving it up fails the test that runs."""

    def end(self, cause: str, detail: str) -> NoReturn:
        raise RuntimeError(detail)


class _Runner(Servant):
    """Carries out the examiner's requests: to run the tests, and to serve what they pass to the program.

    Args:
        options: For pytest.
    """

    def __init__(self, options: list[str]) -> None:
        super().__init__(HOME, SCRATCH)
        self._options = options
        self.link: _Link
        self._operations |= {
            "run": self._run,
            "input": lambda detail, prompt: input(prompt),
            "stdin": lambda method, size=-1: getattr(sys.stdin, method)(size),
            "output": lambda detail: None,
        }

    def _run(self, order: dict[str, Any]) -> None:
        root = order["root"]
        os.makedirs(root)
        os.environ["TMPDIR"] = root
        surroundings = Surroundings(self.link, root, order["output"])
        results = Results()
        plugin = ReportingPlugin(self.link, surroundings, results)
        # The program neither ends nor comes back while its tests run.
        sys.meta_path.insert(0, Finder(order["provided"], self.link, lambda: ("crashed", "the program ended")))
        sys.path.insert(0, HOME)
        arguments = [*self._options, *OPTIONS, HOME, *FILE_PATTERNS, f"--basetemp={root}/pytest", "-c", os.devnull, HOME]
        pytest.main(arguments, plugins=[plugin, results])


def main(arguments: list[str]) -> None:
    """Connect as told (see ``meet``), and run."""
    go_on_in_a_child()
    descriptors = meet(arguments)
    prepare("/tmp/nothing", *WITHOUT_HYPOTHESIS)
    stream = FrameStream(*descriptors)
    stream.send(pack({"hello": "candidate"}))
    message: Any = unpack(stream.receive())
    Tree(HOME).apply([[path, content] for path, content in message["files"].items()])
    os.chdir(HOME)
    sys.dont_write_bytecode = True
    options = WITHOUT_HYPOTHESIS
    if any(b"hypothesis" in content for content in message["files"].values()):
        prepare_hypothesis()  # it takes longer to import than pytest, so others do without
        options = []
    tell_loaded(stream, message)
    runner = _Runner(options)
    runner.link = _Link(stream, runner, first_thread=-1)
    try:
        runner.link.serve_forever(0)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
