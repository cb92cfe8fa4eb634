"""A submission can't make its own grading fail: what it brings about is an outcome, with a message, and an attempt."""

import pytest

from sandboxes.errors import SandboxFailure
from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import os
    import pytest
    from bank import f

    @pytest.mark.parametrize("n", range(12))
    def test(n):
        answer = f(n)
        if answer == "end the judge":
            os._exit(9)
        assert answer == n
"""
REFERENCE = "def f(n): return n\n"


@pytest.fixture(scope="module")
def sandbox(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        yield sandbox


def outcomes(sandbox, source):
    graded = Graded(sandbox.run(encoded(source)))
    Graded(sandbox.run(encoded(REFERENCE))).assert_all_passed()
    return graded


def test_a_program_that_kills_itself_at_random_is_graded(sandbox):
    source = """
        import os, random
        WHEN = random.SystemRandom().randrange(12)
        def f(n):
            if n == WHEN: os.kill(os.getpid(), 9)
            return n
    """
    graded = outcomes(sandbox, source)
    # Each new container draws another test to die in.
    assert set(graded.outcomes.values()) == {"crashed", "passed"}


def test_an_answer_that_ends_the_process_that_judges_costs_its_test(sandbox):
    graded = outcomes(sandbox, "def f(n): return 'end the judge' if n in (3, 5) else n\n")
    crashed = {name for name, outcome in graded.outcomes.items() if outcome == "crashed"}
    assert crashed == {"test[3]", "test[5]"}
    assert "ended the process that judges it" in graded.message("test[3]")
    assert list(graded.outcomes.values()).count("passed") == 10


def test_and_all_tests_when_it_does_so_again_and_again(sandbox):
    graded = outcomes(sandbox, "def f(n): return 'end the judge'\n")
    assert set(graded.outcomes.values()) == {"crashed"}


def test_a_machine_that_ends_everything_is_our_failure(engine):
    """What the reference meets as well is not the submission's doing."""
    tests = TESTS.replace('if answer == "end the judge"', 'if os.path.exists("/assignment/tests/hidden/ends")')
    suite = make_suite({"tests/hidden/test_it.py": tests, "tests/hidden/ends": ""}, REFERENCE)
    with pytest.raises(SandboxFailure, match="the examiner ended in the middle"):
        Sandbox(engine, suite)
