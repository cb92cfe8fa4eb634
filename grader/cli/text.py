"""Text on a terminal."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook
from rich.segment import Segment

from ..plain_text import plain

__all__ = ["PlainFormatter", "PlainHook", "plain"]


class PlainHook(RenderHook):
    """Sees to it that nothing a console prints steers the reader's terminal, wherever it comes from."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """See ``RenderHook``."""
        return [_Plain(one) for one in renderables]


@dataclass(frozen=True)
class _Plain:
    """Something to print, as it is but for its text."""

    inner: ConsoleRenderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterable[Segment]:
        for segment in console.render(self.inner, options):
            yield segment if segment.control else Segment(plain(segment.text), segment.style)


class PlainFormatter(logging.Formatter):
    """Log entries with the time in UTC. Their further lines are indented: none looks like another entry."""

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s")
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """See ``logging.Formatter``."""
        return plain(super().format(record)).replace("\n", "\n    ")
