"""The meeting place of candidates and examiners: made once, made anew, given up."""

import pytest

from sandboxes.engine import Container
from sandboxes.errors import EngineUnavailable, SandboxFailure
from sandboxes.places import MeetingPlace


class Engine:
    """Creates containers, or fails to."""

    def __init__(self, *failures):
        self.failures, self.made, self.removed = list(failures), 0, []

    def create(self, spec):
        if self.failures:
            raise self.failures.pop()
        self.made += 1
        return Container(f"place {self.made}")

    def remove(self, container):
        self.removed.append(container.id)


def test_it_is_made_once_and_removed():
    engine = Engine()
    place = MeetingPlace(engine, opens=1)
    assert place.current("image", kept=False) == place.current("image", kept=False) == Container("place 1")
    place.close()
    assert engine.removed == ["place 1"]
    assert place.current("image", kept=False) is None


def test_one_that_is_lost_is_made_anew():
    engine = Engine()
    place = MeetingPlace(engine, opens=1)
    place.lose(place.current("image", kept=False))
    assert engine.removed == ["place 1"]
    second = place.current("image", kept=False)
    assert second == Container("place 2")
    place.lose(Container("place 1"))  # by another thread, which saw it before
    assert place.current("image", kept=False) == second


def test_an_engine_that_makes_none_is_not_asked_for_ever():
    engine = Engine(*[SandboxFailure("no volumes")] * 99)
    place = MeetingPlace(engine, opens=1)
    assert [place.current("image", kept=False) for _ in range(9)] == [None] * 9
    assert len(engine.failures) == 96


def test_an_engine_that_does_not_answer_is_no_engine_without_places():
    place = MeetingPlace(Engine(*[EngineUnavailable("gone")] * 5), opens=1)
    for _ in range(5):
        with pytest.raises(EngineUnavailable):
            place.current("image", kept=False)
    assert place.current("image", kept=False) == Container("place 1")


def test_it_is_given_up_where_containers_never_meet():
    place = MeetingPlace(Engine(), opens=1)
    for met in (False, False, True, False, False):
        place.tell(met)
    assert place.current("image", kept=False) is not None
    place.tell(False)
    assert place.current("image", kept=False) is None
