"""JSON from strangers: whatever comes is a value or an error that says what is wrong."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.strict_json import DEEPEST, BadJson, parse_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES, st.booleans())
def test_what_is_json_is_read_as_it_was_meant(value, as_ascii):
    try:
        data = json.dumps(value, ensure_ascii=as_ascii).encode()
    except UnicodeEncodeError:
        return
    assert parse_json(data) == value


@given(st.binary() | st.text(alphabet='[]{}":,\\0 1eE.-nulltruefs').map(str.encode))
def test_other_bytes_are_refused_with_one_kind_of_error(data):
    with contextlib.suppress(BadJson):
        parse_json(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[" * 2_000_000 + b"]" * 2_000_000, "nested more than"),
        (b'{"a":' * 2_000_000, "nested more than"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "nested more than"),
        (b"[" + b"[]," * 200_000 + b"[]]", "more than 100,000"),
        (b"[" + b"1," * 200_000 + b"1]", "more than 100,000"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "'c' is there twice"),
        (b'{"a": 1, "\\u0061": 2}', "'a' is there twice"),
        (b"[NaN]", "NaN is no number"),
        (b"[-Infinity]", "-Infinity is no number"),
        (b"1e999", "too large"),
        (b"9" * 10_000, "more than 40"),
        (b'"\\ud800"', "half a surrogate pair"),
        (b'{"\\udfff": 1}', "half a surrogate pair"),
        (b"\xff", "not UTF-8"),
        (b"", "not JSON"),
        (b"[1] 2", "not JSON"),
    ],
    ids=range(16),
)
def test_what_has_no_one_meaning_or_no_bounds_is_refused(data, message):
    with pytest.raises(BadJson, match=message):
        parse_json(data)


def test_brackets_and_quotes_in_strings_are_no_nesting():
    text = '[]{}"\\' * 1000
    assert parse_json(json.dumps({"files": {"a.py": text}}).encode()) == {"files": {"a.py": text}}
    assert parse_json(b"[" * DEEPEST + b"]" * DEEPEST) is not None


def test_a_string_without_an_end_is_read_once():
    with pytest.raises(BadJson, match="Unterminated"):
        parse_json(b'"' + b'\\"' * 2_000_000)


def test_the_service_reads_json_of_others_in_no_other_way():
    root = Path(__file__).parents[2] / "grader"
    for path in (*(root / "api").rglob("*.py"), *(root / "lms").rglob("*.py")):
        text = path.read_text()
        assert not any(way in text for way in ("json.loads(", "_validate_json(", ".json()", "json_parse=True")), path
