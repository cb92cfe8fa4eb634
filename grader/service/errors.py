"""Why the service refuses what it is asked to do."""

from __future__ import annotations

from datetime import datetime

from ..policy.admission import Refusal

__all__ = ["Conflict", "Forbidden", "NotFound", "Refused", "ServiceError", "Unauthorized"]


class ServiceError(Exception):
    """The base of all of these; the message is for whoever asked."""


class Unauthorized(ServiceError):
    """Nobody knows who asks: the token is missing, wrong, expired or revoked."""


class Forbidden(ServiceError):
    """It is known who asks, and they may not."""


class NotFound(ServiceError):
    """There is nothing of that name that this user may know of."""


class Conflict(ServiceError):
    """It contradicts what is there already."""


class Refused(ServiceError):
    """The assignment's policy does not accept a submission now.

    Args:
        message: What to tell the learner.
        refusal: Which rule.
        until: When they may again.
    """

    def __init__(self, message: str, refusal: Refusal, until: datetime | None) -> None:
        super().__init__(message)
        self.refusal = refusal
        self.until = until
