"""Deliver an event to an endpoint, signed as the Standard Webhooks specification says."""

from __future__ import annotations

import json
import time
from datetime import datetime

import httpcore2 as httpcore
from standardwebhooks import Webhook

from ..errors import InputError
from ..service.deliveries import Due, Result
from .addresses import Caller

__all__ = ["deliver", "signed_headers"]

_ANSWER_KEPT = 500


def signed_headers(due: Due, body: str, now: datetime) -> dict[str, str]:
    """The headers ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``, one signature for each valid secret."""
    signatures = [Webhook(secret).sign(due.message_id, now, body) for secret in due.secrets]
    return {
        "content-type": "application/json",
        "webhook-id": due.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def deliver(caller: Caller, due: Due, now: datetime) -> Result:
    """Try a delivery once. What goes wrong is part of the result."""
    body = json.dumps(due.payload, separators=(",", ":"), ensure_ascii=False)
    started = time.monotonic()
    try:
        answer = caller.call("POST", due.url, signed_headers(due, body, now), body.encode(), _ANSWER_KEPT)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError, InputError) as error:
        return Result(None, f"{type(error).__name__}: {error}", time.monotonic() - started)
    said = None if 200 <= answer.status < 300 else answer.body[:_ANSWER_KEPT].decode("utf-8", "replace")
    return Result(answer.status, said, time.monotonic() - started)
