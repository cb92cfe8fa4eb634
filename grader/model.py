"""The base of all data models."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["Model"]


class Model(BaseModel):
    """Strict (no conversions), closed (no unknown keys) and frozen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
