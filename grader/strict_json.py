"""JSON from strangers: one way to read it, under limits, and with one kind of error."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from .errors import InputError

__all__ = ["DEEPEST", "BadJson", "parse_json"]

DEEPEST = 64
"""Lists and tables in each other, at most."""
_MOST_PIECES = 100_000
_LONGEST_NUMBER = 40
# Strings are passed over whole. A string without an end reaches to the end of the text: else the search for one would begin
# anew at each quote of it, and take time with the square of the length.
_TOKENS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[{]|[\]}]|,', re.DOTALL)
_HALF_PAIR = re.compile("[\ud800-\udfff]")


class BadJson(InputError):
    """The text is not JSON, or not JSON that everybody reads alike."""


def parse_json(data: bytes) -> Any:
    """The value of a JSON text (RFC 8259) that has one meaning only.

    Refused beside what is no JSON: nesting deeper than ``DEEPEST``, more than 100,000 strings, lists, tables and commas
    (a byte each, and a hundred in memory), a key that is twice in a table (parsers differ in which counts), NaN and
    infinities, numbers of more than 40 characters, half a surrogate pair.

    Raises:
        BadJson: The text is refused; the message says why.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadJson("the body is not UTF-8 text") from None
    _check_shape(text)
    try:
        value = json.loads(text, object_pairs_hook=_table, parse_constant=_no_number, parse_float=_float, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise BadJson(f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    if "\\u" in text:
        _check_pairs(value)
    return value


def _check_shape(text: str) -> None:
    """Count before anything recurses or is made."""
    depth = 0
    for count, token in enumerate(_TOKENS.finditer(text)):
        if count == _MOST_PIECES:
            raise BadJson(f"the body has more than {_MOST_PIECES:,} strings, lists, tables and commas")
        first = text[token.start()]
        if first in "[{":
            depth += 1
            if depth > DEEPEST:
                raise BadJson(f"the body is nested more than {DEEPEST} deep")
        elif first in "]}":
            depth -= 1


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            raise BadJson(f"the key {key[:100]!a} is there twice")
        table[key] = value
    return table


def _no_number(text: str) -> NoReturn:
    raise BadJson(f"{text} is no number in JSON")


def _float(text: str) -> float:
    value = float(_short(text))
    if not math.isfinite(value):
        raise BadJson("a number is too large")
    return value


def _integer(text: str) -> int:
    return int(_short(text))


def _short(text: str) -> str:
    if len(text) > _LONGEST_NUMBER:
        raise BadJson(f"a number has more than {_LONGEST_NUMBER} characters")
    return text


def _check_pairs(value: Any) -> None:
    """Escapes can make strings that no encoding can write."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.keys()
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and _HALF_PAIR.search(one):
            raise BadJson(f"{one[:100]!a} holds half a surrogate pair")
