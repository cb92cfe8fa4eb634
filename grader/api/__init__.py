"""The HTTP API, described by its OpenAPI document and docs/api.md."""

from .app import create_app

__all__ = ["create_app"]
