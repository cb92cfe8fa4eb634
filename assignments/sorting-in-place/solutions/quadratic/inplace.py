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
    for end in range(1, len(items)):
        item, place = items[end], end
        while place and item < items[place - 1]:
            items[place] = items[place - 1]
            place -= 1
        items[place] = item
