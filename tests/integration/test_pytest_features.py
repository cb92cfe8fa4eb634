"""Ordinary pytest and unittest files work as an instructor expects."""

import pytest

from sandboxes.errors import SuiteBroken

SUBMISSION = "def add(a, b): return a + b\nCALLS = []\ndef note(x): CALLS.append(x); return len(CALLS)\n"

TESTS = {
    "tests/conftest.py": "import pytest\n@pytest.fixture(scope='session')\ndef base(): return 40\n",
    "tests/hidden/conftest.py": "import pytest\n@pytest.fixture(autouse=True)\ndef automatic(): yield\n",
    "tests/hidden/data/numbers.txt": "1 2 3",
    "tests/hidden/test_pytest.py": """
        from pathlib import Path
        import bank, pytest
        from bank import add
        from hypothesis import given, strategies as st

        @pytest.fixture(params=[1, 2])
        def number(request): return request.param

        @pytest.mark.parametrize("a, b", [(1, 2), pytest.param(3, 4, id="three-four")])
        def test_parametrized(a, b): assert add(a, b) == a + b

        def test_fixtures(number, base): assert add(base, number) == base + number

        class TestClass:
            value = 3
            @pytest.fixture
            def own(self): return 4
            def test_method(self, own): assert add(self.value, own) == 7

        @given(st.integers(), st.integers())
        def test_hypothesis(a, b): assert add(a, b) == a + b

        def test_data_files():
            numbers = map(int, (Path(__file__).parent / "data" / "numbers.txt").read_text().split())
            assert sum(numbers) == add(1, 5)

        def test_subtests(subtests):
            for n in range(3):
                with subtests.test(n=n): assert add(n, 1) == n + 1

        def test_approx(): assert add(0.1, 0.2) == pytest.approx(0.3)

        @pytest.mark.points(2.5)
        @pytest.mark.competency("sums", "more")
        @pytest.mark.hint("Add them.")
        def test_marks(): assert add(1, 1) == 2

        @pytest.mark.skip(reason="later")
        def test_skipped(): assert False

        @pytest.mark.skipif("True", reason="always")
        def test_skipped_if(): assert False

        def test_skips_itself(): pytest.skip("by itself")

        @pytest.mark.xfail
        def test_expected_to_fail(): assert False

        def test_captures(capsys, caplog, recwarn, tmp_path, monkeypatch, request): assert request.node.name == "test_captures"
    """,
    "tests/hidden/test_unittest.py": """
        import unittest
        from unittest import mock
        import bank

        class AddTest(unittest.TestCase):
            @classmethod
            def setUpClass(cls): cls.shared = 2
            def setUp(self): self.own = 3
            def test_add(self): self.assertEqual(bank.add(self.shared, self.own), 5)
            def test_subtests(self):
                for n in range(3):
                    with self.subTest(n=n): self.assertEqual(bank.add(n, n), 2 * n)
            def test_raises(self):
                with self.assertRaisesRegex(TypeError, "missing"): bank.add(1)
            def test_patch(self):
                with mock.patch("bank.add", return_value=9) as fake:
                    self.assertEqual(bank.add(1, 1), 9)
                    fake.assert_called_once_with(1, 1)
            @unittest.skip("later")
            def test_skipped(self): self.fail()
    """,
    "tests/public/test_pytest.py": "from bank import add\ndef test_public(): assert add(1, 2) == 3\n",
}


def test_features_work(grade):
    graded = grade(TESTS, SUBMISSION)
    skipped = {name for name, outcome in graded.outcomes.items() if outcome == "skipped"}
    assert skipped == {
        "test_skipped",
        "test_skipped_if",
        "test_skips_itself",
        "test_expected_to_fail",
        "AddTest::test_skipped",
    }
    assert {outcome for name, outcome in graded.outcomes.items() if name not in skipped} == {"passed"}
    assert len(graded.tests) == 21
    always = {name for name, one in graded.tests.items() if one.test.skipped}
    assert always == {"test_skipped", "test_skipped_if", "AddTest::test_skipped"}
    marked = graded.tests["test_marks"].test
    assert (marked.points, marked.competencies, marked.hint) == (2.5, ("sums", "more"), "Add them.")


def test_failures_are_told_apart(grade):
    tests = """
        import pytest, unittest
        from bank import add
        @pytest.fixture
        def broken(): raise RuntimeError("the fixture")
        @pytest.fixture
        def breaks_later():
            yield
            raise RuntimeError("the teardown")
        def test_passes(): assert add(1, 2) == 3
        def test_fails(): assert add(1, 2) == 4
        def test_setup(broken): pass
        def test_teardown(breaks_later): pass
        def test_subtests(subtests):
            for n in range(3):
                with subtests.test(n=n): assert add(n, 0) != 1
        class Case(unittest.TestCase):
            def test_subtest(self):
                for n in range(3):
                    with self.subTest(n=n): self.assertNotEqual(add(n, 0), 1)
    """
    graded = grade(tests, SUBMISSION)
    assert graded.outcomes == {
        "test_passes": "passed", "test_fails": "failed", "test_setup": "error", "test_teardown": "error",
        "test_subtests": "failed", "Case::test_subtest": "failed",
    }  # fmt: skip
    assert graded.message("test_fails").startswith("assert 3 == 4")
    assert "the fixture" in graded.message("test_setup")


def test_a_file_that_a_submission_breaks_costs_its_tests_and_stays_on_the_list(grade):
    tests = {
        "tests/hidden/test_a.py": "from bank import TABLE, add\nimport pytest\n@pytest.mark.parametrize('x', TABLE)\ndef test_x(x): pass\n",
        "tests/hidden/test_b.py": "from bank import add\ndef test_y(): assert add(1, 2) == 3\n",
        "tests/hidden/test_c.py": "from bank import add\nVALUE = add(1, 2)\ndef test_z(): pass\n",
    }
    reference = "TABLE = [1, 2]\ndef add(a, b): return a + b\n"
    graded = grade(tests, reference, "TABLE = [1]\ndef add(a, b):\n    if b == 2: return a + b\n")
    assert graded.outcomes == {"test_x[1]": "passed", "test_x[2]": "error", "test_y": "passed", "test_z": "passed"}
    graded = grade(tests, reference, "TABLE = 5\ndef add(a, b): raise ValueError('no')\n")
    assert graded.outcomes == {"test_x[1]": "error", "test_x[2]": "error", "test_y": "failed", "test_z": "error"}
    assert "could not be loaded with this submission" in graded.message("test_z")


def test_tests_that_only_a_submission_brings_do_not_count(grade):
    tests = "from bank import *\ndef test_a(): assert add(1, 1) == 2\n"
    graded = grade(tests, SUBMISSION, SUBMISSION + "def test_extra(): pass\nclass TestExtra:\n    def test(self): pass\n")
    assert set(graded.outcomes) == {"test_a"}


@pytest.mark.parametrize(
    ("tests", "message"),
    [
        ("import nothing_of_that_name\ndef test(): pass\n", "nothing_of_that_name"),
        ("def helper(): pass\n", "no tests"),
        ("raise ValueError('at import')\n", "at import"),
    ],
)
def test_tests_that_do_not_load_even_with_the_reference_are_the_instructor_s_problem(grade, tests, message):
    with pytest.raises(SuiteBroken, match=message):
        grade(tests, SUBMISSION)


def test_packages_of_the_assignment_and_of_the_tests_are_there(grade):
    """NumPy for everybody, more for the tests alone; arrays cross by value and are changed in place."""
    tests = """
        import numpy as np
        import sortedcontainers
        import bank
        import pytest

        def test_arrays():
            array = np.arange(6.0).reshape(2, 3)
            assert np.array_equal(bank.double(array), array * 2)
            bank.clear(array)
            assert not array.any()
            assert bank.mean(array) == 0

        def test_the_learner_does_not_have_the_tests_packages():
            with pytest.raises(ModuleNotFoundError): bank.load("sortedcontainers")
            with pytest.raises(ModuleNotFoundError): bank.load("pytest")
    """
    source = """
        import importlib
        import numpy as np
        def double(array): return array * 2
        def clear(array): array[...] = 0
        def mean(array): return array.mean()
        def load(name): importlib.import_module(name)
    """
    graded = grade(
        tests,
        source,
        requirements="numpy>=2.1,<3\n",
        test_requirements="sortedcontainers>=2.4,<3\n",
        limits={"memory": 512 << 20},
    )
    graded.assert_all_passed()


def test_only_what_test_files_define_is_a_test(grade):
    tests = """
        from bank import *
        from bank import TestResult, test_mine, testing
        import bank as test_bank
        def test_result(): assert TestResult(3).passed() == 3 and test_mine() == "mine" and testing(1) == 1
    """
    reference = """
        def test_mine(): return "mine"
        def testing(n): return n
        class TestResult:
            def __init__(self, n): self.n = n
            def passed(self): return self.n
            def test_passed(self): return False
    """
    assert grade(tests, reference).outcomes == {"test_result": "passed"}
    missing = grade(tests, reference, reference.replace("def test_mine", "def test_yours"))
    assert missing.outcomes == {"test_result": "failed"}


def test_tests_and_their_helpers_are_compiled_once_for_all_gradings(grade):
    tests = {
        "tests/hidden/helping.py": "def double(n): return 2 * n",
        "tests/hidden/test_compiled.py": """
            import os
            import bank, helping
            def test_what_is_compiled():
                folder = os.path.dirname(__file__)
                assert bank.add(helping.double(1), 1) == 3
                kept = sorted(name.partition(".")[0] for name in os.listdir(os.path.join(folder, "__pycache__")))
                assert kept == ["helping", "test_compiled"]
        """,
    }
    grade(tests, SUBMISSION).assert_all_passed()
