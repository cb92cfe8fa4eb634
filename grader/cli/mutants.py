"""``grader mutants``."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import track

from sandboxes.links import Transport
from sandboxes.trials import Trials

from ..assignment import load_assignment
from ..errors import InputError
from ..examinations.base import suite_of
from ..examinations.writing import fails_on
from ..mutating import Variant, spread, variants_of
from .consoles import err, out
from .main import PROBLEMS
from .working import engine_option, open_engine, transport_option

__all__ = ["command"]

_MOST_TRIED = 200
_SECONDS = 30.0
"""For all tests of the reference on one variant."""


@click.command(name="mutants")
@click.argument("assignment", type=click.Path(path_type=Path))
@click.option("--most", type=click.IntRange(1, 100), default=10, show_default=True, help="How many to keep.")
@transport_option
@engine_option
def command(assignment: Path, most: int, transport: Transport, runtime: str | None) -> int:
    """Make faulty programs for an ASSIGNMENT whose submissions are tests.

    Changes the program in small ways (a comparison, a sign, a condition), tries the reference solution's tests on each
    variant, and keeps some of those that they catch in mutants/. The others are listed: they behave alike, or the
    reference's tests have a gap. Look at what was made before you use it.
    """
    loaded = load_assignment(assignment, mutants_needed=False)
    if loaded.settings.kind != "test-writing":
        raise InputError(f'{assignment}: only assignments of kind = "test-writing" have faulty programs')
    right = loaded.folder("program")
    try:
        variants = spread(list(variants_of(right)), _MOST_TRIED)
    except ModuleNotFoundError:
        raise InputError("making faulty programs needs a library more: pip install 'grader[mutants]'") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{assignment / 'program'}: has a file that is not UTF-8 text ({error})") from None
    if not variants:
        raise InputError(f"{assignment / 'program'}: there is nothing in it that could be changed")
    tests = loaded.folder("solutions/reference")
    with open_engine(runtime) as engine, Trials(engine, suite_of(loaded), right, 1, transport) as trials:
        first = trials.run(tests, right, _SECONDS)
        wrong = [name for name in first.tests if name not in first.runs or first.runs[name].outcome != "passed"]
        if wrong or first.errors or not first.tests:
            reason = ", ".join(wrong) or ", ".join(first.errors) or "there are none"
            raise InputError(f"{assignment / 'solutions/reference'}: its tests do not pass on program/: {reason}")
        caught: list[Variant] = []
        missed: list[Variant] = []
        for variant in track(variants, "trying", console=err, transient=True, disable=not err.is_terminal):
            tried = trials.run(tests, {**right, variant.path: variant.text.encode()}, _SECONDS)
            (caught if fails_on(tried, list(first.tests)) else missed).append(variant)
    kept = spread(caught, most)
    for variant in kept:
        target = assignment / "mutants" / variant.name / variant.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(variant.text, encoding="utf-8")
    _show("kept", kept)
    _show("not caught by the reference's tests: alike, or a gap?", missed)
    out.print(
        f"\n{len(variants)} variants tried, {len(caught)} caught, {len(kept)} kept in {assignment / 'mutants'}", markup=False
    )
    return 0 if kept else PROBLEMS


def _show(title: str, variants: list[Variant]) -> None:
    if variants:
        out.print(f"\n{title}", style="bold", markup=False)
    for variant in variants:
        out.print(f"  {variant.path}:{variant.line}  {variant.before}  →  {variant.after}", markup=False, highlight=False)
