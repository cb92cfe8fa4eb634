"""Times as people read them: in their own zone, and how far away."""

from __future__ import annotations

from datetime import datetime, timedelta

from ...report import now

__all__ = ["local", "when"]


def local(text: str) -> str:
    """A time of the service in this machine's zone."""
    return datetime.fromisoformat(text).astimezone().strftime("%a %d %b %Y %H:%M %Z")


def when(text: str | None, present: datetime | None = None) -> str:
    """The same, with how far away it is; empty for None."""
    if text is None:
        return ""
    away = datetime.fromisoformat(text) - (present or now())
    distance = _distance(abs(away))
    return f"{local(text)} ({f'in {distance}' if away >= timedelta(0) else f'{distance} ago'})"


def _distance(span: timedelta) -> str:
    for unit, seconds in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = int(span.total_seconds() // seconds)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "moments"
