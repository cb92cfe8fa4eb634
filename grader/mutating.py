"""Faulty programs made from a right one, by changes that people make: a comparison off by one, a sign, a condition reversed.

They are made once and kept in the assignment: scores stay comparable, and the instructor sees what is asked.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = ["Variant", "spread", "variants_of"]

_OPERATORS = (
    *(f"ReplaceComparisonOperator_{pair}" for pair in ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Eq_NotEq", "NotEq_Eq")),
    *(f"ReplaceComparisonOperator_{pair}" for pair in ("Lt_Gt", "Gt_Lt", "LtE_GtE", "GtE_LtE", "Is_IsNot", "IsNot_Is")),
    *(f"ReplaceBinaryOperator_{pair}" for pair in ("Add_Sub", "Sub_Add", "Mul_Add", "Div_Mul", "FloorDiv_Mul")),
    *(f"ReplaceBinaryOperator_{pair}" for pair in ("Mod_FloorDiv", "Pow_Mul")),
    *("ReplaceAndWithOr", "ReplaceOrWithAnd", "AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue"),
    *("ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_USub_UAdd", "NumberReplacer", "ZeroIterationForLoop"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak"),
)
"""Of the library's operators, those whose faults people make. More would mean more variants that behave alike."""
_BORING = re.compile(r"^(Replace|Add(?=Not))|(Binary|Comparison|Unary)Operator_")


@dataclass(frozen=True)
class Variant:
    """A changed program.

    Attributes:
        name: Unique among the variants of a program.
        path: The file that is changed.
        text: Its new content.
        line: Where the change is, counted from 1.
        before, after: The changed line.
    """

    name: str
    path: str
    text: str
    line: int
    before: str
    after: str


def variants_of(files: Mapping[str, bytes]) -> Iterator[Variant]:
    """All variants of a program, by file, operator and place.

    Raises:
        ModuleNotFoundError: The mutation library is not installed.
        UnicodeDecodeError: A file is not UTF-8.
    """
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    operators = [name for name in _OPERATORS if f"core/{name}" in operator_names()]
    names: set[str] = set()
    for path in sorted(path for path in files if path.endswith(".py")):
        right = files[path].decode()
        seen = {right}
        for operator in operators:
            number = 0
            while (text := mutate_code(right, get_operator(f"core/{operator}")(), number)) is not None:
                number += 1
                change = _first_change(right, text)
                if change is None or text in seen or not _compiles(text):
                    continue
                seen.add(text)
                line, before, after = change
                name = _name(path, line, operator, names)
                names.add(name)
                yield Variant(name, path, text, line, before, after)


def spread(variants: list[Variant], most: int) -> list[Variant]:
    """At most so many of them, of as many lines as can be; one after the other from each line."""
    by_line: dict[tuple[str, int], list[Variant]] = {}
    for variant in variants:
        by_line.setdefault((variant.path, variant.line), []).append(variant)
    chosen: list[Variant] = []
    while len(chosen) < min(most, len(variants)):
        # With fewer wanted than there are lines, not only the first ones.
        lines = [waiting for _place, waiting in sorted(by_line.items()) if waiting]
        wanted = min(most - len(chosen), len(lines))
        chosen += [lines[number * len(lines) // wanted].pop(0) for number in range(wanted)]
    return sorted(chosen, key=lambda one: (one.path, one.line, one.name))


def _first_change(right: str, text: str) -> tuple[int, str, str] | None:
    before, after = right.splitlines(), text.splitlines()
    for kind, start, end, other, other_end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            return start + 1, " ".join(before[start:end]).strip(), " ".join(after[other:other_end]).strip()
    return None


def _compiles(text: str) -> bool:
    try:
        compile(text, "variant", "exec")
    except SyntaxError:
        return False
    return True


def _name(path: str, line: int, operator: str, taken: set[str]) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|_", "-", _BORING.sub("", _BORING.sub("", operator))).lower()
    base = f"{path.removesuffix('.py').replace('/', '-')}-{line}-{words}"
    return next(name for name in (base, *(f"{base}-{number}" for number in range(2, 1000))) if name not in taken)
