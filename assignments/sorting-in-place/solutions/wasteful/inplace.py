def reverse(items):
    """Turn the order of a list round, in place."""
    left, right = 0, len(items) - 1
    while left < right:
        items[left], items[right] = items[right], items[left]
        left += 1
        right -= 1


def partition(items, pivot):
    """Bring the items smaller than pivot to the front, in place; return how many there are."""
    count = 0
    for index, item in enumerate(items):
        if item < pivot:
            items[index], items[count] = items[count], item
            count += 1
    return count


def sort(items):
    """Sort a list in ascending order, in place: a heap, with many small steps."""
    for start in range(len(items) // 2 - 1, -1, -1):
        _sift_down(items, start, len(items))
    for end in range(len(items) - 1, 0, -1):
        _swap(items, 0, end)
        _sift_down(items, 0, end)


def _sift_down(items, root, end):
    while True:
        children = [child for child in (2 * root + 1, 2 * root + 2) if child < end]
        largest = max([root, *children], key=lambda index: items[index])
        if largest == root:
            return
        _swap(items, root, largest)
        root = largest


def _swap(items, one, other):
    items[one], items[other] = items[other], items[one]
