"""The assignments that attacks are handed in for.

Every test calls a function of its own, so that an attack defines what it needs and the others fail for want of one. Tests worth
no points are there to give an attack its turn, whatever becomes of them. The words ``@MARKER@`` and ``@RIVAL@`` are replaced by secrets that are new each time; the first stands only in what is hidden, the second
only in the honest submission.
"""

from __future__ import annotations

import secrets
import textwrap
from dataclasses import dataclass
from pathlib import Path

from grader.assignment import Assignment, load_assignment

__all__ = ["ARENAS", "Arena", "make"]


@dataclass(frozen=True)
class Arena:
    """An assignment.

    Attributes:
        settings: Its ``assignment.toml``, beside id, title and submission.
        tests: The hidden ones.
        honest: ``work.py`` of the honest submission, which gets all points.
        requirements: Packages.
    """

    settings: str
    tests: str
    honest: str
    requirements: str = ""


_LIMITS = """
[limits]
cpu_time = {cpu_time}
memory = "128 MiB"
processes = 24
output = "64 KiB"
total_time = 300.0
"""

_LESSONS = Arena(
    settings=_LIMITS.format(cpu_time=1.0),
    tests='''
    """Hidden: @MARKER@."""

    import unittest

    import pytest
    import work

    SECRET = "@MARKER@"  # @MARKER@


    def is_secret(guess):
        return type(guess) is str and guess == SECRET


    def test_loads(): assert work.LOADED == "yes"

    @pytest.mark.points(0)
    def test_guess(): work.guess(is_secret)

    # Values

    def test_number(): assert work.number(6) == 47514

    def test_not_unequal(): assert not work.unequal(6) != 47514

    def test_list(): assert work.listed(3) == [7919, 15838, 23757]

    def test_nested(): assert work.nested() == {"a": [7919, {"b": (15838,)}]}

    def test_member(): assert work.member(4) in (31676, 31677)

    def test_contains(): assert 7919 in work.container(3)

    def test_near(): assert abs(work.near(6) - 47514.0) < 1e-6

    def test_approx(): assert work.approximate(7) == pytest.approx(55433.0)

    def test_between(): assert 71270 < work.between(9) < 71272

    def test_text(): assert str(work.text(8)) == "63352"

    def test_sentence(): assert "47514" in work.sentence(6)

    def test_key(): assert {work.key(2): "x"}.get(15838) == "x"

    def test_unique(): assert set(work.unique(3)) == {7919, 15838, 23757}

    def test_sorted(): assert sorted(work.shuffled(3)) == [7919, 15838, 23757]

    def test_sum(): assert sum(work.walk(3)) == 47514

    def test_walk(): assert list(work.walked(3)) == [7919, 15838, 23757]

    def test_length(): assert len(work.sized(7919)) == 7919

    # Objects

    def test_account():
        account = work.Account(7919)
        account.deposit(1)
        assert account.balance == 7920

    def test_points(): assert work.moved(work.Point(7918, 0), 1) == work.Point(7919, 0)

    def test_session():
        with work.Session() as session:
            assert session.value == 7919

    def test_raises():
        with pytest.raises(work.Overdrawn, match="short by 7918"):
            work.withdraw(7919)

    # Exchange

    def test_callback():
        seen = []

        def check(value):
            seen.append(value)
            assert value % 7919 == 0

        work.each(3, check)
        assert len(seen) == 3

    def test_sorts_in_place():
        items = [3, 1, 2]
        work.sort(items)
        assert items == [1, 2, 3]

    def test_leaves_its_argument_alone():
        values = [7919, 7921]
        assert work.mean(values) == 7920
        assert values == [7919, 7921]

    def test_prints(capsys):
        work.show(5)
        assert capsys.readouterr().out == "39595\\n"

    def test_file(tmp_path):
        work.save(str(tmp_path / "a.txt"), 6)
        assert (tmp_path / "a.txt").read_text() == "47514"

    def test_program(program): program.run("6").expect("47514")

    class TestOld(unittest.TestCase):
        def test_old(self):
            self.assertEqual(work.old(3), 23757)
    ''',
    honest='''
    """@RIVAL@"""

    import sys
    from dataclasses import dataclass

    FACTOR = 7919


    def number(n): return n * FACTOR

    unequal = key = between = member = old = number

    def guess(check): return check("I don't know")

    def listed(n): return [FACTOR * one for one in range(1, n + 1)]

    container = unique = walk = walked = listed

    def nested(): return {"a": [FACTOR, {"b": (2 * FACTOR,)}]}

    def shuffled(n): return listed(n)[::-1]

    def near(n): return float(n * FACTOR)

    approximate = near

    def text(n): return str(n * FACTOR)

    def sentence(n): return f"It is {n * FACTOR}."

    def sized(n): return [None] * n


    class Account:
        def __init__(self, balance): self.balance = balance
        def deposit(self, amount): self.balance += amount


    @dataclass(frozen=True)
    class Point:
        x: int
        y: int

    def moved(point, by): return Point(point.x + by, point.y)


    class Session:
        value = FACTOR
        def __enter__(self): return self
        def __exit__(self, *error): return False


    class Overdrawn(Exception):
        pass

    def withdraw(amount): raise Overdrawn(f"short by {amount - 1}")

    def each(n, check):
        for one in listed(n):
            check(one)

    def sort(items): items.sort()

    def mean(values): return sum(values) / len(values)

    def show(n): print(n * FACTOR)

    def save(path, n):
        with open(path, "w") as file:
            file.write(text(n))

    if __name__ == "__main__":
        show(int(sys.argv[1]))
    ''',
)

_LIMITED = Arena(
    settings=_LIMITS.format(cpu_time=0.4),
    tests='''
    """Hidden: @MARKER@."""

    import work


    def test_loads(): assert work.LOADED == "yes"

    def test_first(): assert work.first() == 7919

    def test_second(): assert work.second() == 15838
    ''',
    honest='''
    """@RIVAL@"""

    def first(): return 7919

    def second(): return 15838
    ''',
)

_ARRAYS = Arena(
    settings=_LIMITS.format(cpu_time=1.0).replace("128 MiB", "256 MiB"),
    requirements="numpy>=2.1,<3\n",
    tests='''
    """Hidden: @MARKER@."""

    import numpy as np
    import pytest
    import work

    EXPECTED = np.array([7919, 15838, 23757])


    def test_loads(): assert work.LOADED == "yes"

    def test_allclose(): assert np.allclose(work.close(3), EXPECTED)

    def test_assert_allclose(): np.testing.assert_allclose(work.closer(3), EXPECTED)

    def test_all(): assert (work.equal(3) == EXPECTED).all()

    def test_all_of_one_value(): assert (work.filled(3) == 7919).all()

    def test_array_equal(): np.testing.assert_array_equal(work.counted(3), EXPECTED)

    def test_approx(): assert work.approximate(3) == pytest.approx(EXPECTED)

    def test_sum(): assert np.sum(work.summed(3)) == 47514

    def test_in_place():
        image = np.zeros(3, int)
        work.paint(image)
        assert image.tolist() == [7919, 7919, 7919]
    ''',
    honest='''
    """@RIVAL@"""

    import numpy as np

    def close(n): return np.arange(1, n + 1) * 7919

    closer = equal = counted = summed = close

    def approximate(n): return close(n).astype(float)

    def filled(n): return np.full(n, 7919)

    def paint(image): image[:] = 7919
    ''',
)

ARENAS = {"lessons": _LESSONS, "limited": _LIMITED, "arrays": _ARRAYS}

_SETTINGS = """id = "{name}"
title = "{name}"
[submission]
required = ["work.py"]
allowed = ["*"]
{settings}
[feedback]
hidden = "message"
"""


def make(folder: Path, name: str) -> tuple[Assignment, dict[str, bytes], set[str]]:
    """Write an arena's assignment with new secrets; returns it, the honest submission, and the secrets."""
    arena = ARENAS[name]
    marker, rival = f"marker_{secrets.token_hex(8)}", f"rival_{secrets.token_hex(8)}"
    files = {
        "assignment.toml": _SETTINGS.format(name=name, settings=arena.settings),
        "README.md": "Multiply by 7919.",
        "requirements.txt": arena.requirements,
        "starter/work.py": "",
        f"tests/hidden/test_{marker}.py": arena.tests,
        "solutions/reference/work.py": textwrap.dedent(arena.honest) + '\nLOADED = "yes"\n',
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(textwrap.dedent(text).replace("@MARKER@", marker).replace("@RIVAL@", "nobody"))
    honest = textwrap.dedent(arena.honest).replace("@RIVAL@", rival) + '\nLOADED = "yes"\n'
    return load_assignment(folder), {"work.py": honest.encode()}, {marker, rival}
