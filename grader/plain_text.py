"""Text of others made safe for whatever shows it. The one place that knows what steers terminals and spreadsheets."""

from __future__ import annotations

import re

__all__ = ["plain", "plain_cell", "plain_json"]

# Controls but tab and line feed (C0, C1, DEL); what has no glyph and changes those beside it or hides among them
# (category Cf: directions of writing, joiners, tags; line and paragraph separators; fillers); halves of surrogate pairs.
_STEERING = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# What a spreadsheet takes for a formula, at the start of a cell, or of what becomes a cell where other separators are in
# use (OWASP, CSV injection).
_FORMULA = re.compile("(^|[;,|\t\n])(\\s*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")


def plain(text: str) -> str:
    """The text without characters that steer: each is shown as a replacement character, lines and tabs are kept."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def plain_cell(text: str | None) -> str:
    """The text as a cell of a table that may be opened as a spreadsheet: plain, and never a formula."""
    text = plain((text or "").replace("\r\n", "\n"))
    quoted = _FORMULA.sub(r"\1\2'", text)
    return f"'{quoted}" if quoted.startswith(("\t", "\n")) else quoted


def plain_json(text: str) -> str:
    """The same JSON without characters that steer: they are written as escapes."""
    return _STEERING.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
