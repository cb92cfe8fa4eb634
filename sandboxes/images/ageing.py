"""Images that nobody has used for long: the time of last use is the engine's own, that of the last tagging."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import docker.errors
import requests

from ..engine import LABEL, Engine
from ..errors import EngineUnavailable, SandboxFailure

__all__ = ["IMAGE", "mark_used", "prune_images"]

IMAGE = f"{LABEL}.image"
"""Marks images that can be built again."""
_FRESH = timedelta(days=1)
"""How long a use is remembered without noting another: to note one takes the engine a moment."""


def mark_used(engine: Engine, reference: str, details: dict[str, Any]) -> None:
    """Note that an image is used now.

    Args:
        engine: Where it is.
        reference: Its name.
        details: What the engine tells of it.
    """
    if datetime.now(UTC) - _last_used(details) > _FRESH:
        repository, _colon, tag = reference.rpartition(":")
        engine.api.tag(details["Id"], repository, tag)


def prune_images(engine: Engine, before: datetime, dry_run: bool = False) -> list[str]:
    """Remove images of ours that were not used since, and that no container needs; returns their names.

    Base images are not among them: they may have come from elsewhere.

    Args:
        engine: Where they are.
        before: The time, by the engine's clock.
        dry_run: Whether to name them alone.

    Raises:
        SandboxFailure: The engine does not do it.
    """
    try:
        return [name for name in _outdated(engine, before) if dry_run or _remove(engine, name)]
    except docker.errors.DockerException as error:
        raise SandboxFailure(f"images could not be removed: {error}") from None
    except requests.RequestException as error:
        raise EngineUnavailable(f"no Docker Engine answers: {error}") from None


def _outdated(engine: Engine, before: datetime) -> list[str]:
    found: list[str] = []
    # Newest first: what was built on an image goes before it.
    for entry in engine.api.images(filters={"label": IMAGE}):
        if entry["Created"] >= before.timestamp():
            continue
        try:
            details = engine.api.inspect_image(entry["Id"])  # type: ignore[no-untyped-call]
        except docker.errors.ImageNotFound:  # somebody else is at it as well
            continue
        if _last_used(details) < before:
            found += details["RepoTags"] or [details["Id"]]
    return found


def _last_used(details: dict[str, Any]) -> datetime:
    tagged = (details.get("Metadata") or {}).get("LastTagTime") or ""
    # Never tagged: the year 1.
    return max(_time(text) for text in (tagged, details["Created"]) if text)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _remove(engine: Engine, name: str) -> bool:
    try:
        engine.api.remove_image(name)
    except docker.errors.ImageNotFound:
        return False
    except docker.errors.APIError as error:
        if error.status_code != 409:
            raise
        return False  # a container was made of it, or another image
    return True
