"""Tests that look at what others left in the submission: right solutions keep them."""

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

REFERENCE = """
    class Tag:
        def __init__(self, name, number): self.name, self.number = name, number
        def __eq__(self, other): return (self.name, self.number) == (other.name, other.number)

    class Log:
        kept = []
        @classmethod
        def add(cls, name, number): cls.kept.append(Tag(name, number))
        @classmethod
        def latest(cls): return cls.kept[-1]
        @classmethod
        def first(cls): return cls.kept[0]

    KEY = Tag("a", 31)
"""
OTHER = REFERENCE.replace(
    """
    class Tag:
        def __init__(self, name, number): self.name, self.number = name, number
        def __eq__(self, other): return (self.name, self.number) == (other.name, other.number)
""",
    """
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Tag:
        name: str
        number: int
""",
)
TESTS = """
    import pytest
    from bank import KEY, Log, Tag

    def test_latest():
        Log.add("a", 31)
        assert Log.latest() == KEY

    @pytest.mark.parametrize("time", range(4))
    def test_first(time): assert Log.first() == Tag("a", 31)
"""


def test_what_changed_tests_leave_behind_costs_right_solutions_nothing(engine):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        for files in (REFERENCE, OTHER, REFERENCE):
            Graded(sandbox.run(encoded(files))).assert_all_passed()
