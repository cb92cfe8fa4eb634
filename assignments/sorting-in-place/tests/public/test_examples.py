from inplace import reverse, sort


def test_reverses_three_items():
    items = [1, 2, 3]
    assert reverse(items) is None
    assert items == [3, 2, 1]


def test_sorts_three_items():
    items = [3, 1, 2]
    sort(items)
    assert items == [1, 2, 3]
