"""Names for rows: short, unguessable, telling what they name."""

from __future__ import annotations

import base64
import secrets

__all__ = ["new_name"]


def new_name(prefix: str) -> str:
    """A new name such as ``sub_k3q5…``: the prefix and 80 random bits in lower-case base 32."""
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(10)).decode().lower()}"
