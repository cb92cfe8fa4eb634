"""What an engine refuses is done without, if it goes on refusing."""

from types import SimpleNamespace

import pytest

from sandboxes.errors import EngineRefused, SandboxFailure
from sandboxes.links import Linker


class Refusing:
    """Stands for how containers are started: some things are refused so many times."""

    def __init__(self, engine, **times):
        self.engine, self.left, self.starts = engine, {name.replace("_", " "): n for name, n in times.items()}, 0

    def __call__(self, spec):
        self.starts += 1
        for thing, times in self.left.items():
            if times and thing not in self.engine.concessions:
                self.left[thing] -= 1
                raise EngineRefused(f"no {thing}", frozenset({thing}))
        return "started"


def start(monkeypatch, **times):
    engine = SimpleNamespace(same_kernel=True, concessions=set())
    linker = Linker(engine, "socket")
    refusing = Refusing(engine, **times)
    monkeypatch.setattr(linker, "_start", refusing)
    try:
        assert linker.start(None) == "started"
    finally:
        linker.close()
    return engine.concessions, refusing.starts


def test_what_is_refused_once_is_asked_for_again(monkeypatch):
    assert start(monkeypatch, mount_flags=1) == (set(), 2)
    assert start(monkeypatch, mount_flags=2, filter=2) == (set(), 5)


def test_what_goes_on_being_refused_is_done_without(monkeypatch):
    concessions, _starts = start(monkeypatch, mount_flags=99, filter=99)
    assert concessions == {"mount flags", "filter"}


def test_what_names_nothing_that_containers_can_do_without_is_a_failure(monkeypatch):
    engine = SimpleNamespace(same_kernel=True, concessions=set())
    linker = Linker(engine, "socket")

    def fail(spec):
        raise EngineRefused("no engine", frozenset())

    monkeypatch.setattr(linker, "_start", fail)
    try:
        with pytest.raises(SandboxFailure, match="no engine"):
            linker.start(None)
    finally:
        linker.close()
    assert engine.concessions == set()
