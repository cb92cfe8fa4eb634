"""What the doctor says of isolation."""

import pytest

from grader.operations.doctor import concessions, judging, meeting
from sandboxes.guest.isolation.protection import Protection


def protection(namespaces=False, own_proc=False, landlock=0, filter=True):
    return Protection(namespaces, own_proc, landlock, filter)


def test_namespaces_are_good():
    diagnosis = judging(protection(namespaces=True, own_proc=True, landlock=7), "")
    assert (diagnosis.level, diagnosis.advice) == ("good", "")
    assert "Landlock 7" in diagnosis.found


@pytest.mark.parametrize(("landlock", "signals"), [(2, True), (5, True), (6, False), (7, False)])
def test_landlock_alone_is_doubtful_and_says_what_is_missing(landlock, signals):
    diagnosis = judging(protection(landlock=landlock), "name=apparmor name=seccomp,profile=default")
    assert diagnosis.level == "doubtful"
    assert "quota" in diagnosis.found
    assert ("can end each other" in diagnosis.found) == signals
    assert "AppArmor" in diagnosis.advice


def test_nothing_at_all_is_bad():
    assert judging(protection(), "").level == "bad"


def test_concessions_of_the_engine_are_named():
    assert {diagnosis.level for diagnosis in concessions(set())} == {"good"}
    assert [diagnosis.level for diagnosis in concessions({"filter", "mount flags"})] == ["doubtful", "doubtful"]


def test_calls_that_go_through_the_engine_are_doubtful():
    assert meeting(met=True).level == "good"
    found = meeting(met=False)
    assert (found.level, "four times" in found.found, "volume" in found.advice) == ("doubtful", True, True)
