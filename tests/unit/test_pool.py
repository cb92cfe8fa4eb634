"""The pool of candidates, without containers."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandboxes import pool as module
from sandboxes.errors import SandboxFailure
from sandboxes.pool import CandidatePool


class Candidate:
    made = 0

    def __init__(self, *arguments):
        type(self).made += 1
        self.destroyed = False

    def destroy(self):
        self.destroyed = True


@pytest.fixture
def pool(monkeypatch):
    monkeypatch.setattr(module, "Candidate", type("Fresh", (Candidate,), {"made": 0}))
    made = CandidatePool(None, None, None, None, 1)
    yield made
    made.close()


def test_everybody_has_a_candidate_of_his_own(pool):
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda number: pool.take(), range(100)))
    assert len({id(candidate) for candidate in taken}) == 100


@pytest.mark.parametrize("attempt", range(20))
def test_nobody_waits_for_the_candidate_that_another_took_while_none_are_started(pool, attempt):
    together = threading.Barrier(4)

    def take(number):
        together.wait()
        return pool.take()

    with pool.quiet(), ThreadPoolExecutor(4) as threads:
        futures = [threads.submit(take, number) for number in range(4)]
        taken = {id(future.result(timeout=20)) for future in futures}
    assert len(taken) == 4


def test_what_was_not_started_meanwhile_is_started_afterwards(pool):
    with pool.quiet():
        pool.take()
        assert pool._ready.empty()
    assert not pool._ready.empty()


def test_a_closed_pool_gives_nothing(pool):
    pool.close()
    with pytest.raises(SandboxFailure, match="closed"):
        pool.take()
