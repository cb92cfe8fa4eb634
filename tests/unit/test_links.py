"""What an engine refuses is done without, if it goes on refusing."""

from types import SimpleNamespace

import pytest

from sandboxes.errors import EngineRefused, SandboxFailure
from sandboxes.links import Linker


class Refusing:
    """Stands for how containers are started: some things are refused so many times."""

    def __init__(self, engine, **times):
        self.engine, self.left, self.starts = engine, {name.replace("_", " "): n for name, n in times.items()}, 0

    def __call__(self, spec, passes):
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

    def fail(spec, passes):
        raise EngineRefused("no engine", frozenset())

    monkeypatch.setattr(linker, "_start", fail)
    try:
        with pytest.raises(SandboxFailure, match="no engine"):
            linker.start(None)
    finally:
        linker.close()
    assert engine.concessions == set()


def falling_back(monkeypatch, socket_failures):
    """A linker whose containers fail to start over sockets so many times, and what they were started over."""
    engine = SimpleNamespace(same_kernel=True, concessions=set())
    monkeypatch.setattr("sandboxes.links.FIRST_NAMESPACE", True)
    linker, over = Linker(engine, "auto"), []

    def by_socket(spec):
        if len(over) < socket_failures:
            raise SandboxFailure("it does not connect")
        over.append("socket")
        return "started"

    def by_stream(spec, passes):
        over.append("stream")
        return "started"

    monkeypatch.setattr(linker, "_start_socket", by_socket)
    monkeypatch.setattr(linker, "_start_stream", by_stream)
    return linker, over


SPEC = SimpleNamespace(role="candidate")


def test_one_container_that_does_not_connect_does_not_give_up_sockets(monkeypatch):
    linker, over = falling_back(monkeypatch, 1)
    for _ in range(3):
        linker.start(SPEC)
    linker.close()
    assert over == ["stream", "socket", "socket"]


def test_sockets_that_never_work_are_given_up(monkeypatch):
    linker, over = falling_back(monkeypatch, 99)
    for _ in range(4):
        linker.start(SPEC)
    linker.close()
    assert over == ["stream"] * 4
    assert linker.transport == "stream"
