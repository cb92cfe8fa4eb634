"""Learners' tests that want to know which program they have before them, or just say that they caught it."""

import pytest

from ..writing import caught, grading, make, own

PROGRAM = {
    "m.py": """
        import os
        import subprocess
        from functools import partial
        from pathlib import Path
        from os import system

        _SECRET = "the-text-of-the-program"
        runner = partial(subprocess.run)
        shell = subprocess


        class Kept:
            def __init__(self):
                self.path = Path(__file__)
                self.module = os

            def double(self, n):
                return 2 * n


        def double(n):
            return 2 * n


        def apply(function, *values):
            return function(*values)


        def read(path):
            return Path(path).read_text()


        def folder():
            return Path(__file__).parent
        """
}
MUTANTS = {
    f"m{number}": ('_SECRET = "the-text-of-the-program"', f'_SECRET = "the-text-of-mutant-{number}"') for number in range(4)
}


@pytest.fixture(scope="module")
def grade(engine, tmp_path_factory):
    """Mutants here behave alike: whoever catches one has seen what must not be seen."""
    assignment = make(tmp_path_factory.mktemp("lying"), MUTANTS, PROGRAM, "def test_it(): pass\n", path="m.py")
    with grading(engine, assignment) as grade_:
        yield grade_


REFUSED = {
    "private names": "m._SECRET",
    "its loader": "m.__loader__.get_data(m.__file__)",
    "a function's globals": "m.double.__globals__['_SECRET']",
    "a function's code": "m.double.__code__.co_consts",
    "a method's function": "m.Kept.double.__func__",
    "a bound method's function": "m.Kept().double.__func__.__globals__",
    "an imported function": "m.system('true')",
    "an imported module": "m.os.environ",
    "an imported module by another name": "m.shell.run(['true'])",
    "a partial": "m.runner(['true'])",
    "a module kept by an object": "m.Kept().module",
    "inspect": "inspect.getsource(m)",
    "inspect of a function": "inspect.getsource(m.double)",
    "the program's own files": "m.read(m.folder() / 'm.py')",
    "eval, handed over": "m.apply(eval, '_SECRET')",
    "getattr, handed over": "m.apply(getattr, m.double, '__globals__')",
    "the frame of a callback": "m.apply(lambda: sys._getframe(1).f_globals['_SECRET'])",
    "another module": "link().request('import', 'os')[0].environ",
    "resolving": "link().request('resolve', ['m', '_SECRET'])",
    "plain operations": "link().request('getattr', '_SECRET', m._grader_proxy)",
    "dunder operations": "link().request('special', ['__getattribute__'], m._grader_proxy, '_SECRET')",
    "classes of handles": "link().request('call', [], type(m.double), 1)",
}

EMPTY = {
    "the module's dictionary": "dict(m.__dict__)",
    "the class's dictionary": "m.Kept.__dict__",
    "subclasses": "m.Kept.__subclasses__()",
    "the class's base": "m.Kept.__mro__[1].__subclasses__()",
    "the program's folder": "[open(p).read() for p in __import__('pathlib').Path('/').glob('**/m.py')]",
    "vars, handed over": "dict(m.apply(vars, m))",
    "a traceback": "trace(lambda: m.apply(lambda: 1 / 0))",
}
"""What can be had, but says nothing of the program."""


LOOKING = """
    import gc, inspect, sys, traceback
    import pytest
    import m

    def link():
        return m._grader_proxy._grader_home

    def trace(function):
        try:
            function()
        except BaseException as error:
            return "".join(traceback.format_exception(error))

    @pytest.mark.parametrize("way", WAYS)
    def test_look(way):
        seen = ""
        try:
            seen = str(eval(WAYS[way]))
        except BaseException:
            pass
        assert "the-text" not in seen
        assert way in EMPTY or seen == ""

    def test_steady():
        assert m.double(2) == 4
"""


def test_tests_see_what_a_program_does_not_what_it_is(grade):
    report = grade(f"    WAYS = {REFUSED | EMPTY!r}\n    EMPTY = {EMPTY!r}\n{LOOKING}")
    assert set(own(report)) == {"test_steady", *(f"test_look[{way}]" for way in REFUSED | EMPTY)}
    assert {name for name, outcome in own(report).items() if outcome != "passed"} == set()
    assert caught(report) == set()


LYING = {
    "a coin": "assert random.SystemRandom().random() < 0.5",
    "a die cast by each process": "assert random.Random(f'{LUCK} {number}').random() < 0.7",
    "the clock": "assert int(time.time() * 1000) % 2",
    "a file that says how often it ran": "count('/tmp/count') and pytest.fail('again')",
    "a file beside the tests": "count('/submission/count') and pytest.fail('again')",
    "the folder's number": "assert (int(os.environ['TMPDIR'].split('/')[3]) + number) % 3",
}
"""What is chance, or tells the runs apart: forty tests that pass but now and then."""


@pytest.mark.parametrize("way", LYING)
def test_chance_proves_nothing(grade, way):
    report = grade(f"""
        import os, random, time
        import pytest
        import m

        LUCK = random.SystemRandom().random()

        def count(path):
            with open(path, "a+") as file:
                file.write("x")
                return file.tell() > 1

        @pytest.mark.parametrize("number", range(40))
        def test_luck(number):
            m.double(1)
            {LYING[way]}
    """)
    assert (report.score, caught(report)) == (0, set())


def test_tests_that_kill_themselves_in_another_place_each_time_are_graded(grade):
    """It was a failure of ours, at will: each time another test died, so something else seemed to end it."""
    report = grade("""
        import os, random
        import m
        import pytest

        WHEN = random.SystemRandom().randrange(12)

        @pytest.mark.parametrize("number", range(12))
        def test_double(number):
            if number == WHEN:
                os.kill(os.getpid(), 9)
            assert m.double(number) == 2 * number
    """)
    assert report.score == 0


def test_claims_are_checked(grade):
    """What speaks to the grader in pytest's place."""
    report = grade("""
        import m

        link = m._grader_proxy._grader_home
        everything = {"tests": [f"t::{n}" for n in range(100_000)], "errors": {}}

        def test_claims():
            for claim in (
                ("collected", everything), ("collected", None), ("started", "t::1"), ("started", ["x"]),
                ("finished", {"outcome": "won"}), ("finished", None), ("run", {}), ("", None),
            ):
                try:
                    link.request(*claim)
                except BaseException:
                    pass
    """)
    assert (report.score, caught(report)) == (0, set())


def test_there_may_be_so_many_tests(grade):
    report = grade("import pytest\n\n@pytest.mark.parametrize('n', range(2000))\ndef test_it(n):\n    pass\n")
    assert report.score == 0
    assert "there are 2000 tests; 500 are the most" in " ".join(test.message or "" for test in report.tests)


def test_one_submission_does_not_disturb_the_next(grade):
    grade("""
        import m, os, signal

        def test_it():
            m.double = None
            m.Kept.double = None
            for number in range(2, 2000):
                try:
                    os.kill(number, signal.SIGKILL)
                except OSError:
                    pass
    """)
    report = grade("import m\n\ndef test_it():\n    assert m.double(2) == m.Kept().double(2) == 4\n")
    assert own(report) == {"test_it": "passed"}
