def reverse(items):
    result = []
    for item in items:
        result.insert(0, item)
    return result


def partition(items, pivot):
    smaller = [item for item in items if item < pivot]
    larger = [item for item in items if not item < pivot]
    items = smaller + larger
    return len(smaller)


def sort(items):
    if len(items) < 2:
        return items
    middle = items[len(items) // 2]
    smaller = [item for item in items if item < middle]
    same = [item for item in items if item == middle]
    larger = [item for item in items if item > middle]
    return sort(smaller) + same + sort(larger)
