"""What values unfold to is bounded before anything is built of them."""

from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandboxes.guest.wire import folding, tags
from sandboxes.guest.wire.errors import ProtocolViolation
from sandboxes.guest.wire.folding import check_unfolded

KINDS = [tags.LIST, tags.TUPLE, tags.FROZENSET, tags.SET, tags.DICT, tags.DEQUE]


def doubled(levels, tag=tags.TUPLE, first=0):
    return [[tag, [1, 2]], *([tag, [[first + level], [first + level]]] for level in range(levels))]


@pytest.mark.parametrize("tag", KINDS)
@pytest.mark.parametrize("first", [0, 7])
@pytest.mark.parametrize("turned", [False, True])
def test_what_doubles_sixty_times_is_refused_whatever_it_is(tag, first, turned):
    table = doubled(60, tag)
    if turned:  # the largest comes first
        last = len(table) - 1
        table = [
            [tag, [[first + last - one[0]] if type(one) is list else one for one in items]] for tag, items in table[::-1]
        ]
    else:
        table = doubled(60, tag, first)
    with pytest.raises(ProtocolViolation, match="over and over"):
        check_unfolded(table, first)


def test_two_entries_are_enough_to_be_too_many():
    with pytest.raises(ProtocolViolation):
        check_unfolded([[tags.LIST, [0] * 5000], [tags.LIST, [[0]] * 5000]], 0)


def test_padding_hides_nothing():
    padding = [[tags.LIST, []] for _ in range(1000)]
    with pytest.raises(ProtocolViolation):
        check_unfolded([*doubled(60), *padding], 0)


def test_it_goes_through_the_values_that_objects_extend_and_through_arguments_of_exceptions():
    named = [[tags.TUPLE, []]]
    for level in range(60):
        before = 2 * level
        named += [[tags.MINE, 1, 0, [before]], [tags.TUPLE, [[before + 1], [before + 1]]]]
    with pytest.raises(ProtocolViolation):
        check_unfolded(named, 0)
    raised = [[tags.TUPLE, []]]
    for level in range(60):
        before = 2 * level
        raised += [
            [tags.EXCEPTION, 0, "ValueError", [before], "", None, None, None],
            [tags.TUPLE, [[before + 1], [before + 1]]],
        ]
    with pytest.raises(ProtocolViolation):
        check_unfolded(raised, 0)


@pytest.mark.parametrize(
    "table",
    [
        doubled(20),
        [[tags.LIST, [[0], [0]]]],
        [[tags.LIST, [[1], [1]]], [tags.LIST, [[0], [0]]]],
        [[tags.LIST, [0] * 1000], [tags.LIST, [[0]] * 1000]],
        [[tags.ARRAY, "<i8", [5], b""], [tags.LIST, [[0], [0]]]],
        [[tags.LIST, [[-5], [3], [3]]], [tags.LIST, [[3]] * 9]],
        [[tags.LIST, [[level + 1]]] for level in range(200_000)] + [[tags.LIST, []]],
    ],
    ids=["some sharing", "holds itself", "hold each other", "a grid of one row", "shapes are no parts", "ours", "deep"],
)
def test_honest_values_pass(table):
    check_unfolded(table, 4 if table[0][1] == [[-5], [3], [3]] else 0)


@given(st.lists(st.lists(st.integers(0, 7), max_size=4), min_size=1, max_size=8), st.integers(16, 60))
def test_sizes_are_those_of_the_value_written_out(rows, most):
    """Without cycles: each entry holds later ones only."""
    table = [
        [tags.LIST, [[index + 1 + part] for part in row if index + 1 + part < len(rows)]] for index, row in enumerate(rows)
    ]

    def written_out(index):
        return 1 + sum(1 + written_out(part[0]) for part in table[index][1])

    too_large = any(written_out(index) > most for index in range(len(table)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folding, "MAX_UNFOLDED", most)
        with pytest.raises(ProtocolViolation) if too_large else nullcontext():
            check_unfolded(table, 0)
