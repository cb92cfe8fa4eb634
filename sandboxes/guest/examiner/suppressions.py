"""Comments that tell tools to look away. In the copies that tools read, they are made ordinary ones."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["NEUTRAL_NAMES", "without_suppressions"]

_OPENING = re.compile(r"""\#[^\r\n]*|\"{3}|'{3}|["']""")
"""A comment, or how a string begins, in text that Python 3.11 can parse: a quote or a hash outside of these begins one."""
_CLOSING = {quote: re.compile(rf"\\.|{quote}", re.DOTALL) for quote in ('"', "'", '"' * 3, "'" * 3)}
"""How a string goes on to its end. One expression for all of a string would remember each of its characters."""
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
_UNREAD = ("TYPE_CHECKING", "MYPY", "PY2", "PY3")
"""Names that mypy knows the truth of: what is under ``if not TYPE_CHECKING`` it does not read. Nothing is suppressed by them
alone, so they are no findings."""
NEUTRAL_NAMES = tuple(name[:-1] + "_" for name in (*_BLINDING, *_UNREAD))
"""What stands in place of these names."""
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
    while match := _OPENING.search(text, end):
        code = text[end : match.start()]
        parts.append(_seeing(code, line, suppressions))
        line += _lines(code)
        end = match.end() if match[0] not in _CLOSING else _end_of_string(text, match)
        token = text[match.start() : end]
        if match[0] in _CLOSING:
            parts.append(token)
            line += _lines(token)
            continue
        if _SUPPRESSION.search(token):
            suppressions.append((line, token[:_SHOWN]))
        parts.append(_WORD.sub(lambda word: word[0][:-1] + "_", token))
    parts.append(_seeing(text[end:], line, suppressions))
    return "".join(parts), suppressions


def _end_of_string(text: str, opening: re.Match[str]) -> int:
    closings = _CLOSING[opening[0]].finditer(text, opening.end())
    return next((closing.end() for closing in closings if closing[0] == opening[0]), len(text))


def _seeing(code: str, line: int, suppressions: list[tuple[int, str]]) -> str:
    """Code without the names that make mypy look away."""

    def replaced(match: re.Match[str]) -> str:
        # Python normalises names, so there are many ways to write one.
        name = match[0] if match[0].isascii() else unicodedata.normalize("NFKC", match[0])
        if name in _BLINDING:
            suppressions.append((line + _lines(code[: match.start()]), f"@{name}"))
        elif name not in _UNREAD:
            return match[0]
        return match[0][:-1] + "_"

    return _NAME.sub(replaced, code)


def _lines(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")
