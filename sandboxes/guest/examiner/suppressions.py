"""Comments that tell tools to look away. In the copies that tools read, they are made ordinary ones."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["NEUTRAL_NAMES", "without_suppressions"]

_STRING_OR_COMMENT = re.compile(
    r"""(?P<comment>\#[^\r\n]*)
    | (?P<triple>\"{3}|'{3}) (?:[^\\]|\\.)*? (?P=triple)
    | "(?:[^"\\\r\n]|\\\r\n|\\.)*"
    | '(?:[^'\\\r\n]|\\\r\n|\\.)*'
    """,
    re.VERBOSE | re.DOTALL,
)
"""Of text that Python 3.11 can parse: there a quote or a hash that is in none of these begins one."""
_WORD = re.compile(
    r"""(?<!\w)(?: noqa
    | (?:fmt|yapf|isort|ruff|flake8|mypy|pylint|pyright|pyrefly|ty)(?=\s*:)
    | type(?=\s*:\s*ignore))""",
    re.VERBOSE | re.IGNORECASE,
)
"""What makes a comment one that some tool obeys, or does not count as text. Wider than what any of them asks for."""
_SUPPRESSION = re.compile(
    r"""[\#;]\s*(?: (?:(?:ruff|flake8)\s*:\s*)?noqa\b
    | ruff\s*:\s*(?:ignore|disable|file-ignore)
    | (?:ruff\s*:\s*)?isort\s*:\s*(?:skip|off)
    | fmt\s*:\s*(?:off|skip) | yapf\s*:\s*disable
    | type\s*:\s*ignore | (?:pyright|ty|pyrefly)\s*:\s*ignore | mypy\s*: | pylint\s*:\s*(?:disable|skip))""",
    re.VERBOSE | re.IGNORECASE,
)
_NAME = re.compile(r"\w+")
_BLINDING = ("no_type_check", "no_type_check_decorator")
"""Decorators that say the same to mypy."""
NEUTRAL_NAMES = tuple(name[:-1] + "_" for name in _BLINDING)
"""What stands in place of these decorators."""
_SHOWN = 60


def without_suppressions(text: str) -> tuple[str, list[tuple[int, str]]]:
    """The text with comments that suppress findings made ordinary, and these comments with their lines.

    Every character stays in its line and column; strings stay as they are.

    Args:
        text: That of a file that Python can parse.
    """
    parts: list[str] = []
    suppressions: list[tuple[int, str]] = []
    line, end = 1, 0
    for match in _STRING_OR_COMMENT.finditer(text):
        code = text[end : match.start()]
        parts.append(_seeing(code, line, suppressions))
        line += _lines(code)
        token, end = match[0], match.end()
        if match["comment"] is None:
            parts.append(token)
            line += _lines(token)
            continue
        if _SUPPRESSION.search(token):
            suppressions.append((line, token[:_SHOWN]))
        parts.append(_WORD.sub(lambda word: word[0][:-1] + "_", token))
    parts.append(_seeing(text[end:], line, suppressions))
    return "".join(parts), suppressions


def _seeing(code: str, line: int, suppressions: list[tuple[int, str]]) -> str:
    """Code without the decorators that make mypy look away."""

    def replaced(match: re.Match[str]) -> str:
        # Python normalises names, so there are many ways to write one.
        name = match[0] if match[0].isascii() else unicodedata.normalize("NFKC", match[0])
        if name not in _BLINDING:
            return match[0]
        suppressions.append((line + _lines(code[: match.start()]), f"@{name}"))
        return match[0][:-1] + "_"

    return _NAME.sub(replaced, code)


def _lines(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")
