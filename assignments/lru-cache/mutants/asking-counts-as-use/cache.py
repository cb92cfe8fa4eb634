"""A cache that forgets what was not used for the longest time."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Any


class Cache:
    """Keeps up to ``capacity`` values by key."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError("a cache needs room for at least one value")
        self.capacity = capacity
        self._values: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        """The value of a key, which counts as using it. Raises ``KeyError`` for a key that is not there."""
        value = self._values[key]
        self._values.move_to_end(key)
        return value

    def put(self, key: Hashable, value: Any) -> None:
        """Keep a value. If there is no room, the key that was not used for the longest time is forgotten."""
        if key not in self._values and len(self._values) == self.capacity:
            self._values.popitem(last=False)
        self._values[key] = value
        self._values.move_to_end(key)

    def discard(self, key: Hashable) -> bool:
        """Forget a key; says whether it was there."""
        return self._values.pop(key, self) is not self

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: object) -> bool:
        """Whether a key is there. Asking does not count as using it."""
        if key in self._values:
            self._values.move_to_end(key)
            return True
        return False

    def __iter__(self) -> Iterator[Hashable]:
        """The keys, from the one used last to the one not used for the longest time."""
        return reversed(list(self._values))
