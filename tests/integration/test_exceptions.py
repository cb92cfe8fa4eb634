"""Exceptions of every kind cross as they are: groups, notes, and those that end programs."""

import pytest

TESTS = """
    import pytest
    from bank import several, noted, interrupted, nested, own, part, exit_it, gen_exit, catch, caught_group, StopAll, catch2

    def test_group():
        with pytest.raises(ExceptionGroup) as info: several()
        assert info.value.message == "several" and [type(e) for e in info.value.exceptions] == [ValueError, KeyError]
        assert info.value.exceptions[0].args == (1,)
    def test_group_star():
        found = []
        try: several()
        except* ValueError as group: found.append(group.exceptions[0].args)
        except* KeyError as group: found.append(str(group.exceptions[0]))
        assert found == [(1,), "'x'"]
    def test_nested():
        with pytest.raises(ExceptionGroup) as info: nested()
        assert info.group_contains(OSError) if hasattr(info, "group_contains") else True
    def test_own():
        with pytest.raises(own.Many) as info: own.fail()
        assert isinstance(info.value, ExceptionGroup) and info.value.reason == "r" and len(info.value.exceptions) == 2
    def test_noted():
        with pytest.raises(ValueError) as info: noted()
        assert info.value.__notes__ == ["look here", "and there"]
    def test_own_noted():
        with pytest.raises(StopAll) as info: part()
        assert info.value.__notes__ == ["n"]
    def test_interrupted():
        with pytest.raises(KeyboardInterrupt): interrupted()
    def test_gen_exit():
        with pytest.raises(GeneratorExit): gen_exit()
    def test_exit():
        with pytest.raises(SystemExit) as info: exit_it()
        assert info.value.code == 3
    def test_handed_over():
        def f(): raise ExceptionGroup("mine", [ValueError("a"), TypeError("b")])
        assert catch(f) == ("mine", ["ValueError", "TypeError"])
    def test_handed_note():
        def f():
            e = ValueError("a"); e.add_note("hello"); raise e
        with pytest.raises(ValueError) as info: catch(f)
        assert info.value.__notes__ == ["hello"]
    def test_caught(): assert caught_group() == 1
    def test_swallow():
        def f(): raise KeyboardInterrupt
        assert catch2(f) == "interrupted"
    def test_after(): assert caught_group() == 1
"""
BANK = """
    class own:
        class Many(ExceptionGroup):
            reason = "r"
        @staticmethod
        def fail(): raise own.Many("m", [ValueError(1), ValueError(2)])
    def catch2(f):
        try: f()
        except KeyboardInterrupt: return "interrupted"
    class StopAll(BaseException): pass
    def several(): raise ExceptionGroup("several", [ValueError(1), KeyError("x")])
    def nested(): raise ExceptionGroup("outer", [ExceptionGroup("inner", [OSError(2, "no")]), ValueError()])
    def noted():
        error = ValueError("x")
        error.add_note("look here"); error.add_note("and there")
        raise error
    def part():
        error = StopAll(); error.add_note("n"); raise error
    def interrupted(): raise KeyboardInterrupt
    def gen_exit(): raise GeneratorExit
    def exit_it(): raise SystemExit(3)
    def catch(f):
        try: f()
        except ExceptionGroup as group: return group.message, [type(e).__name__ for e in group.exceptions]
    def caught_group():
        try: several()
        except* ValueError: pass
        except* KeyError: return_ = 1
        return return_
"""
UNCAUGHT = """
    import pytest
    from bank import fine, gen_exit, interrupted

    @pytest.fixture
    def broken(): interrupted()

    def test_call(): interrupted()
    def test_fixture(broken): pass
    def test_generator(): gen_exit()
    def test_after(): assert fine() == 1
"""


def test_exceptions_arrive_as_they_are(grade):
    grade(TESTS, BANK).assert_all_passed()


def test_what_nobody_expects_fails_one_test_and_no_more(grade):
    graded = grade(UNCAUGHT, f"{BANK.rstrip()}\n    def fine(): return 1\n")
    assert graded.outcomes == {
        "test_call": "failed",
        "test_fixture": "error",
        "test_generator": "failed",
        "test_after": "passed",
    }
    assert "KeyboardInterrupt" in graded.message("test_call")
    assert "in interrupted" in graded.message("test_call")


@pytest.mark.parametrize(
    ("name", "body"),
    {
        "many": "raise ExceptionGroup('many', [ValueError(n) for n in range(5_000)])",
        "folded": "g = ValueError()\n    for _ in range(40): g = ExceptionGroup('g', [g, g])\n    raise g",
        "deep": "g = ValueError()\n    for _ in range(5_000): g = ExceptionGroup('g', [g])\n    raise g",
    }.items(),
)
def test_a_group_of_any_size_costs_its_own_test(grade, name, body):
    tests = """
        import pytest
        from bank import fail, fine
        def test_group():
            with pytest.raises(ExceptionGroup): fail()
        def test_after(): assert fine() == 1
    """
    graded = grade(
        tests,
        "def fail(): raise ExceptionGroup('g', [ValueError()])\ndef fine(): return 1\n",
        f"def fail():\n    {body}\ndef fine(): return 1\n",
    )
    assert (graded.outcomes["test_group"] != "passed", graded.outcomes["test_after"]) == (True, "passed"), name


def test_a_failure_inside_of_a_group_is_not_swallowed(grade):
    tests = """
        from bank import Quiet
        def test_with():
            with Quiet():
                raise ExceptionGroup("failures", [AssertionError("wrong")])
    """
    quiet = "class Quiet:\n    def __enter__(self): pass\n    def __exit__(self, *error): return True\n"
    assert grade(tests, quiet).outcomes == {"test_with": "failed"}


LOUD = """
    class Loud:
        def __init__(self, n): self.n = n
        def __eq__(self, other): return self.n == other.n
        def __repr__(self): {loud}
    class Own(BaseException):
        def __str__(self): raise SystemExit(0)
    def fail(): raise Own
    def fine(): return 1
"""


@pytest.mark.parametrize(
    "loud", ["raise SystemExit(0)", "raise KeyboardInterrupt", "raise Own", "return 5", "raise GeneratorExit"]
)
def test_texts_that_end_a_program_fail_the_test_that_shows_them(grade, loud):
    tests = """
        import pytest
        from bank import Loud, fail, fine
        def test_equal(): assert Loud(1) == Loud(2)
        def test_attribute(): assert Loud(1).n == 2
        def test_raised():
            with pytest.raises(ValueError): fail()
        @pytest.fixture
        def thing(): return Loud(1)
        def test_fixture(thing): assert thing is None
        @pytest.mark.parametrize("n", [1, 2])
        def test_after(n): assert fine() == 1
    """
    right = LOUD.format(loud="return 'Loud'").replace("self.n = n", "self.n = 2")
    graded = grade(tests, right, LOUD.format(loud=loud))
    assert {name for name, outcome in graded.outcomes.items() if outcome != "failed"} == {"test_after[1]", "test_after[2]"}
    assert graded.outcomes["test_after[1]"] == graded.outcomes["test_after[2]"] == "passed"
