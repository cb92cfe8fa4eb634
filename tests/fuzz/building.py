"""Values built as bytes say: whatever the bytes, a message that packs. So a fuzzer's changes reach behind msgpack."""

from __future__ import annotations

from typing import Any

__all__ = ["Builder"]

_WORDS = (
    *("int", "list", "builtins.ValueError", "builtins.KeyboardInterrupt", "json.decoder.JSONDecodeError", "os.system"),
    *("bank", "C1", "__eq__", "__getattr__", "__len__", "str", "tuple", "float", "", "Ellipsis", "2027-01-31", "12:00:00"),
    *("2027-01-31T12:00:00", "<f8", "O", "4f8", "<U4", "PurePosixPath", "PosixPath", "UTC", "../../etc/passwd", "1e99"),
    *("NaN", "\ud800", "x" * 300, "\0"),
)
_PLAIN = (None, True, False, 1.5, float("nan"), float("inf"), -(1 << 63), (1 << 64) - 1, b"", bytes(16), b"\xff" * 40)
_DEEPEST = 6


class Builder:
    """Takes its orders from ``data``, a byte for each value and some for its parts; after the end all is ``None``."""

    def __init__(self, data: bytes) -> None:
        self._orders = iter(data)

    def values(self) -> list[Any]:
        """A list of up to 31 values."""
        return [self.value(1) for _ in range(next(self._orders, 0) % 32)]

    def value(self, depth: int = 0) -> Any:
        order = next(self._orders, 192)
        if order < 128:
            return order - 40  # tags, numbers of objects and handles
        if order < 160:
            return [self.value(depth + 1) for _ in range(order - 128 if depth < _DEEPEST else 0)]
        if order < 192:
            return _WORDS[order - 160]
        if order < 208:
            return _PLAIN[(order - 192) % len(_PLAIN)]
        if order < 224:
            return bytes(next(self._orders, 0) for _ in range(order - 208))
        if order < 240:
            return "".join(chr(next(self._orders, 0)) for _ in range(order - 224))
        return self._class(order - 240, depth)

    def _class(self, number: int, depth: int) -> list[Any]:
        words = [_WORDS[next(self._orders, 0) % len(_WORDS)] for _ in range(4)]
        many = next(self._orders, 0) % 4
        bases = [self.value(max(depth + 1, _DEEPEST)) for _ in range(many if depth <= _DEEPEST else 0)]
        flags = next(self._orders, 0)
        return [number, words[0], words[1], bases, [words[2]], bool(flags & 1), words[3], bool(flags & 2), None]
