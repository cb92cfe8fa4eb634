def reverse(items):
    """Turn the order of a list round, in place."""


def partition(items, pivot):
    """Bring the items smaller than pivot to the front, in place; return how many there are."""


def sort(items):
    """Sort a list in ascending order, in place."""
