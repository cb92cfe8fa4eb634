"""Whose maker is gone is told by its process, or by its gauge where that is counted elsewhere."""

import time
from types import SimpleNamespace

import pytest

from sandboxes.engine import Container, Owned
from sandboxes.owner import BOOT, HOST, owner
from sandboxes.sweep import stale_containers

ELSEWHERE = f"{BOOT}/4026539999"
OTHER_MACHINE = "another/4026531836"
LONG_AGO = 0


def of(name, host=ELSEWHERE, made=LONG_AGO, role="candidate", kept=True, running=True, maker="7-1"):
    return Owned(Container(name), host, maker, role, kept, running, made)


def stale(*owned, same_kernel=True):
    return [one.id for one in stale_containers(SimpleNamespace(owned=lambda: list(owned), same_kernel=same_kernel))]


def test_of_processes_that_are_counted_here_the_process_decides():
    mine, gone = of("mine", HOST, maker=owner()), of("gone", HOST, maker="999999999-1")
    assert stale(mine, gone) == ["gone"]


def test_of_others_the_gauge_decides():
    assert stale(of("one"), of("gauge", role="gauge")) == []
    assert stale(of("one"), of("gauge", role="gauge", running=False)) == ["one", "gauge"]
    assert stale(of("one"), of("gauge", role="gauge", maker="8-1")) == ["one"]
    assert stale(of("one"), of("gauge", role="gauge", host=OTHER_MACHINE), same_kernel=False) == ["one"]


@pytest.mark.parametrize("spared", [{"made": time.time() - 60}, {"made": time.time() + 60}, {"kept": False}])
def test_what_is_new_or_has_no_gauge_is_spared(spared):
    assert stale(of("one", **spared)) == []


def test_what_was_there_before_the_machine_was_restarted_is_stale():
    assert stale(of("one", OTHER_MACHINE, kept=False)) == ["one"]
    assert stale(of("one", OTHER_MACHINE, kept=False), same_kernel=False) == []
