"""What tests draw by chance: the same for all submissions, and as their own seeds say."""

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import random, unittest
    import pytest
    from bank import same

    AT_IMPORT = random.random()

    @pytest.fixture(scope="module")
    def shared(): return random.random()
    @pytest.fixture
    def seeded(): random.seed(7)
    def test_first(shared): print(AT_IMPORT, shared, random.random())
    def test_second(shared): print(random.random())
    def test_seeded(seeded, shared): assert random.random() == random.Random(7).random() == same(random.Random(7).random())
    class Cases(unittest.TestCase):
        def setUp(self): random.seed(7)
        def test_seeded(self): self.assertEqual(random.random(), random.Random(7).random())
"""
SUBMISSION = """
    import random
    def same(value): return value
"""


def test_numbers_are_the_same_for_all_and_a_seed_of_the_tests_counts(engine):
    with Sandbox(engine, make_suite(TESTS, SUBMISSION)) as sandbox:
        one, two = (Graded(sandbox.run(encoded(SUBMISSION))) for _ in range(2))
    one.assert_all_passed()
    drawn = [test.stdout for test in one.tests.values()]
    assert drawn == [test.stdout for test in two.tests.values()]
    numbers = " ".join(drawn).split()
    assert len(set(numbers)) == len(numbers) == 4
