"""Assignments whose submissions are tests."""

import pytest

from ..writing import MUTANTS, TESTS, caught, grading, make, message, own


def test_tests_are_tried_on_programs(engine, tmp_path):
    with grading(engine, make(tmp_path)) as grade:
        report = grade(TESTS)
    assert set(own(report).values()) == {"passed"}
    assert len(own(report)) == 12
    assert caught(report) == set(MUTANTS)
    assert report.score == 100
    assert message(report, "dearest") == "caught by test_cheapest, test_questions"


def test_tests_reach_programs_through_streams_as_well(engine, tmp_path):
    few = {name: MUTANTS[name] for name in ("dearest", "forgets", "silent", "hangs")}
    with grading(engine, make(tmp_path, few), "stream") as grade:
        report = grade(TESTS)
    assert (report.score, caught(report)) == (100, set(few))


SMALL = {"m.py": "def double(n):\n    return 2 * n\n\ndef half(n):\n    return n // 2\n"}
SMALL_MUTANTS = {"adds": ("2 * n", "2 + n"), "rounds up": ("n // 2", "-(-n // 2)")}
BOTH = """
    from m import double, half

    def test_double():
        assert double(3) == 6

    def test_half():
        assert half(7) == 3
"""


@pytest.fixture(scope="module")
def small(engine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    assignment = make(folder, SMALL_MUTANTS, SMALL, BOTH, path="m.py")
    with grading(engine, assignment) as grade:
        yield grade


def test_the_score_is_the_share_caught(small):
    assert (small(BOTH).score, caught(small(BOTH))) == (100, {"adds", "rounds up"})
    report = small("from m import double\n\ndef test_it():\n    assert double(3) == 6\n")
    assert (report.score, caught(report)) == (50, {"adds"})
    assert message(report, "rounds up") == "no test fails on it"


def test_wrong_tests_catch_nothing_and_cost_their_share(small):
    report = small(
        BOTH
        + "\n    def test_wrong():\n        assert half(7) == 4\n\n    def test_fine():\n        assert double(0) == 0\n"
    )
    assert own(report) == {"test_double": "passed", "test_half": "passed", "test_wrong": "failed", "test_fine": "passed"}
    assert "on the right program: assert 3 == 4" in message(report, "test_wrong")
    assert report.score == 75
    assert report.criteria[0].detail == "2 of 2 faulty programs caught, times 3 of 4 tests that are right"


def test_guessing_gains_nothing(small):
    report = small("""
        import pytest
        from m import double, half

        @pytest.mark.parametrize("guess", range(100))
        def test_guess(guess):
            assert (double(3), half(7)) == (guess // 10, guess % 10)
    """)
    assert caught(report) == {"adds", "rounds up"}
    assert report.score == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def test_broken(:\n", "could not be loaded with the right program: SyntaxError"),
        ("from m import triple\n\ndef test_it():\n    assert triple(1) == 3\n", "m does not define 'triple'"),
        ("import requests_\n", "No module named 'requests_'"),
        ("def test_it():\n    while True:\n        pass\n", "computed for more than 1 s"),
        ("import os\n\ndef test_it():\n    os._exit(0)\n", "ended itself with exit status 0"),
        ("import os\nos._exit(0)\n", "ended itself with exit status 0"),
        ("import sys\nsys.exit(0)\n", "SystemExit"),
        ("def test_it():\n    x = [bytes(10**6) for _ in range(10**6)]\n", "memory"),
        ("X = 1\n", None),
    ],
)
def test_tests_that_do_not_work_are_told_why(small, text, expected):
    report = small(text)
    assert (report.score, caught(report)) == (0, set())
    if expected is None:
        assert report.criteria[0].detail == "there are no tests"
    else:
        assert expected in " ".join(test.message or "" for test in report.tests)


def test_one_file_that_breaks_leaves_the_others(small):
    report = small(BOTH, test_other="import nothing_of_the_kind\n")
    assert report.score == pytest.approx(100 * 2 / 3, abs=0.01)
    assert own(report)["loading"] == "error"


def test_helpers_conftest_and_hypothesis(small):
    report = small(
        """
        from helpers import twice
        from hypothesis import given, strategies as st
        from m import double

        @given(st.integers())
        def test_property(n):
            assert double(n) == twice(n)

        def test_fixture(three, half):
            assert half(7) == three
        """,
        helpers="def twice(n):\n    return n + n\n",
        conftest="import pytest\nimport m\n\n@pytest.fixture\ndef three():\n    return 3\n\n"
        "@pytest.fixture\ndef half():\n    return m.half\n",
    )
    assert report.score == 100


def test_skipped_tests_count_for_nothing(small):
    report = small(BOTH + "\n    import pytest\n\n    @pytest.mark.skip\n    def test_later():\n        assert False\n")
    assert own(report)["test_later"] == "skipped"
    assert report.score == 100


def test_what_the_time_does_not_suffice_for_is_not_caught(engine, tmp_path):
    assignment = make(tmp_path, SMALL_MUTANTS, SMALL, BOTH, path="m.py")
    text = (tmp_path / "assignment.toml").read_text().replace("total_time = 200.0", "total_time = 10.0")
    (tmp_path / "assignment.toml").write_text(text.replace("cpu_time = 1.0", "cpu_time = 20.0"))
    from grader.assignment import load_assignment

    assignment = load_assignment(tmp_path)
    with grading(engine, assignment) as grade:
        report = grade(
            "import time\nfrom m import double\n\ndef test_slow():\n    time.sleep(3)\n    assert double(3) == 6\n"
        )
    assert own(report) == {"test_slow": "passed"}
    assert "took more than 10 s" in {test.message for test in report.tests if test.outcome == "timed_out"}.pop()


def test_style_of_tests_is_judged_too(engine, tmp_path):
    extra = '[[criterion]]\nkind = "mutants"\nweight = 80\n[[criterion]]\nkind = "style"\nweight = 20\n'
    assignment = make(tmp_path, SMALL_MUTANTS, SMALL, BOTH, extra, "m.py")
    with grading(engine, assignment) as grade:
        assert grade(BOTH).score == 100
        report = grade(
            "import os\n" + "from m import double, half\n\ndef test_both():\n    assert (double(3), half(7)) == (6, 3)\n"
        )
    assert report.measurements.quality.findings[0].rule == "F401"
    assert 90 < report.score < 100


@pytest.fixture(scope="module")
def shop(engine, tmp_path_factory):
    """With a faulty program that ends its process, in which the grader judges it."""
    few = {name: MUTANTS[name] for name in ("sums-wrongly", "ends")}
    with grading(engine, make(tmp_path_factory.mktemp("shop"), few)) as grade:
        yield grade


def test_a_faulty_program_that_ends_itself_while_tests_are_loaded_is_caught(shop):
    report = shop("""
        import shop
        CART = shop.Cart().add("tea", 300).add("milk", 100)
        CART.show()

        def test_total():
            assert CART.total() == 400
    """)
    assert (own(report), caught(report)) == ({"test_total": "passed"}, {"sums-wrongly", "ends"})


def test_in_another_place_each_time_it_ends_itself_through_the_tests_all_the_same(shop):
    report = shop("""
        import os, pytest, shop

        @pytest.mark.parametrize("number", sorted(range(20), key=lambda number: os.urandom(4)))
        def test_show(number):
            shop.Cart().add("tea", 300).show()
    """)
    assert set(own(report).values()) == {"passed"}
    assert caught(report) <= {"ends"}  # whether the same test met it twice is chance


def test_tests_that_use_up_the_program_s_memory_while_they_are_loaded_are_graded(shop):
    report = shop("""
        import shop
        cart = shop.Cart()
        try:
            for number in range(30_000):
                cart.add("a" * 300_000 + str(number), 1)
        except BaseException as error:
            print(error)

        def test_it():
            assert shop.Cart().add("a", 1).total() == 1
    """)
    assert report.score == 0


NAMES = [f"{word}, {'of the best kind there is, ' * 3}in a bag" for word in ("tea", "milk", "bread", "salt")]


def test_names_of_tests_may_be_long(shop):
    report = shop(f"""
        import pytest
        from shop import Cart

        @pytest.mark.parametrize("first, second, third, fourth", [{tuple(NAMES)!r}, {tuple(NAMES[::-1])!r}])
        def test_names(first, second, third, fourth):
            assert Cart().add(first, 1).add(second, 2).cheapest().name == first

        def test_total():
            assert Cart().add("a", 1).add("b", 2).total() == 3
    """)
    assert list(own(report).values()) == ["passed"] * 3
    assert max(map(len, own(report))) <= 300
    assert caught(report) == {"sums-wrongly"}


SPEAKING = """
    import shop, shop.cart
    link = shop.cart._grader_proxy._grader_home

    def say(name, detail):
        try:
            return link.request(name, detail)
        except BaseException as error:
            return error
"""


@pytest.mark.parametrize(
    "said",
    [
        '"tests": ["t::ok", "test_it.py::test_x[" + "a" * 400 + "]"], "errors": {}',
        '"tests": {"t::ok": 1}, "errors": {}',
        '"tests": ["t::ok", "t::ok"], "errors": {}',
        '"tests": ["t::ok", 1], "errors": {}',
        '"tests": ["t::ok"], "errors": ["t.py"]',
        '"tests": ["t::ok"], "errors": {f"t{number}.py": "x" for number in range(1000)}',
    ],
)
def test_what_no_tests_may_be_called_ends_them_and_not_the_grading(shop, said):
    report = shop(f"""{SPEAKING}
    say("collected", {{{said}}})
    say("started", "t::ok")
    shop.Cart().add("x", 1).show()
    """)
    assert (report.score, caught(report)) == (0, set())
    assert len(report.tests) < 10


def test_accounts_of_what_was_not_loaded_are_cut(shop):
    report = shop(f"""{SPEAKING}
    say("collected", {{"tests": ["t::ok"], "errors": {{"t.py": "x" * 10_000_000}}}})
    """)
    assert report.score == 0
    assert len(report.to_json()) < 100_000
