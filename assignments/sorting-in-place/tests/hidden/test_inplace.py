import ast
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inplace import partition, reverse, sort

SIZE = 30_000
numbers = st.lists(st.integers(-100, 100), max_size=40)


@given(numbers)
def test_reverse_in_place(items):
    expected = items[::-1]
    assert reverse(items) is None
    assert items == expected


@given(numbers, st.integers(-100, 100))
def test_partition_in_place(items, pivot):
    before = sorted(items)
    count = partition(items, pivot)
    assert count == sum(item < pivot for item in before)
    assert all(item < pivot for item in items[:count])
    assert sorted(items) == before


@pytest.mark.points(2)
@given(numbers)
def test_sort_in_place(items):
    expected = sorted(items)
    assert sort(items) is None
    assert items == expected


def test_sort_words():
    words = "the quick brown fox jumps over the lazy dog".split()
    sort(words)
    assert words == sorted(words)


@pytest.mark.hint("A pivot taken from the front makes a sorted list the worst case.")
@pytest.mark.parametrize("order", ["random", "ascending", "descending", "few values"])
def test_large_sort(order):
    items = {
        "random": lambda: random.Random(7).sample(range(SIZE), SIZE),
        "ascending": lambda: list(range(SIZE)),
        "descending": lambda: list(range(SIZE, 0, -1)),
        "few values": lambda: random.Random(7).choices([1, 2, 3], k=SIZE),
    }[order]()
    expected = sorted(items)
    sort(items)
    assert items == expected


@pytest.mark.points(0)
@pytest.mark.efficiency
def test_cost_of_sorting():
    items = random.Random(3).sample(range(SIZE), SIZE)
    sort(items)
    assert items == list(range(SIZE))


@pytest.mark.points(0)
@pytest.mark.hint("Comparing each item with each other one takes four times as long for a list twice as long.")
@pytest.mark.scaling(sizes=[500, 1000, 2000, 4000, 8000, 16000], at_most="n log n", vary=0.1)
def test_growth_of_sorting(size):
    items = random.Random(size).sample(range(size), size)
    sort(items)
    assert items == list(range(size))


def test_large_reverse():
    items = list(range(500_000))
    reverse(items)
    assert items[:3] == [499_999, 499_998, 499_997]
    assert items[-1] == 0


@pytest.mark.points(3)
def test_does_the_work_itself(submission):
    for node in ast.walk(submission.tree()):
        if isinstance(node, ast.Call):
            # Its own functions may be called sort and reverse; methods and built-ins of these names are the library's.
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            function = node.func.id if isinstance(node.func, ast.Name) else ""
            assert method not in {"sort", "reverse"}, f"line {node.lineno} calls .{method}()"
            assert function not in {"sorted", "reversed"}, f"line {node.lineno} calls {function}()"
    assert not submission.imports() & {"heapq", "bisect"}
