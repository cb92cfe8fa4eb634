"""The broker's URL, as each library wants it."""

from __future__ import annotations

from .transport import SCHEME

__all__ = ["celery_url", "redis_url"]


def celery_url(url: str) -> str:
    """For Celery."""
    scheme, _, rest = url.partition("://")
    return f"{SCHEME}+socket://{rest}" if scheme == "unix" else f"{SCHEME}://{rest}"


def redis_url(url: str) -> str:
    """For redis-py."""
    return url.replace("valkey", "redis", 1) if url.startswith("valkey") else url
