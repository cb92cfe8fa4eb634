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
    """Sort a list in ascending order, in place: heap sort, the same time for every order."""
    for start in range(len(items) // 2 - 1, -1, -1):
        _sift_down(items, start, len(items))
    for end in range(len(items) - 1, 0, -1):
        items[0], items[end] = items[end], items[0]
        _sift_down(items, 0, end)


def _sift_down(items, root, end):
    item = items[root]
    while (child := 2 * root + 1) < end:
        if child + 1 < end and items[child] < items[child + 1]:
            child += 1
        if not item < items[child]:
            break
        items[root] = items[child]
        root = child
    items[root] = item
