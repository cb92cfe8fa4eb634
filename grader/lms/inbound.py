"""Messages by which an LMS hands in submissions: signed as the Standard Webhooks specification says."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy.orm import Session
from standardwebhooks import Webhook, WebhookVerificationError

from ..errors import InputError
from ..service.errors import Conflict, Unauthorized
from ..settings import Settings
from ..store.tables import InboundMessage, Source
from ..strict_json import parse_json
from .addresses import check_url

__all__ = ["Envelope", "HandIn", "accept", "known_source", "read_envelope", "verify"]

_LONGEST_ID = 200
_TOLERANCE = 300.0
"""Seconds, as the Standard Webhooks specification advises."""
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v1,[A-Za-z0-9+/]{43}=")


class LearnerName(BaseModel):
    """Who the LMS hands in for. A learner that the service doesn't know yet is enrolled."""

    model_config = ConfigDict(extra="ignore")

    login: str = Field(min_length=1, max_length=200)
    name: str = Field(default="", max_length=200)
    email: str | None = Field(default=None, max_length=320)
    external_id: str | None = Field(default=None, max_length=200)


class HandInData(BaseModel):
    """What is handed in: files inline, or an archive to be fetched."""

    model_config = ConfigDict(extra="ignore")

    assignment: str = Field(max_length=100)
    learner: LearnerName
    files: dict[str, str] | None = Field(default=None, description="Text by path.")
    files_base64: dict[str, str] | None = Field(default=None, description="Content in base 64, by path.")
    archive_url: str | None = Field(default=None, max_length=2000)

    @model_validator(mode="after")
    def _one(self) -> HandInData:
        given = [one for one in (self.files, self.files_base64, self.archive_url) if one is not None]
        if len(given) != 1:
            raise ValueError("give one of 'files', 'files_base64' and 'archive_url'")
        return self

    def content(self) -> dict[str, bytes] | None:
        """The files that came inline; None if there is an archive to be fetched.

        Raises:
            InputError: Some content is not base 64.
        """
        if self.files is not None:
            return {path: text.encode() for path, text in self.files.items()}
        if self.files_base64 is None:
            return None
        try:
            return {path: base64.b64decode(text, validate=True) for path, text in self.files_base64.items()}
        except (binascii.Error, ValueError):
            raise InputError("files_base64: not all of it is base 64") from None


class HandIn(BaseModel):
    """The message."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["submission.created"]
    data: HandInData


@dataclass(frozen=True)
class Envelope:
    """What the headers say of a message.

    Attributes:
        message_id: The id that the LMS gave it.
        headers: Those of the specification, by lower-case name.
    """

    message_id: str
    headers: Mapping[str, str]


def read_envelope(headers: Mapping[str, str]) -> Envelope:
    """What the headers say, before a byte of the body is read.

    Raises:
        Unauthorized: No body could make this a message that was signed just now.
    """
    given = {name: headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    message_id, timestamp, signatures = given.values()
    if not all(given.values()):
        raise Unauthorized("the signature is not valid: Missing required headers")
    if len(message_id) > _LONGEST_ID or not message_id.isprintable():
        raise Unauthorized("the webhook-id is too long or not printable")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise Unauthorized("the signature is not valid: webhook-timestamp is no number of seconds")
    age = time.time() - int(timestamp)
    if abs(age) > _TOLERANCE:
        raise Unauthorized(f"the signature is not valid: Message timestamp too {'old' if age > 0 else 'new'}")
    if not any(map(_SIGNATURE.fullmatch, signatures.split(" "))):
        raise Unauthorized("the signature is not valid: webhook-signature holds none of version v1")
    return Envelope(message_id, given)


def known_source(session: Session, source_id: str) -> Source:
    """An LMS that may hand in.

    Raises:
        Unauthorized: There is none of that id, or it is disabled.
    """
    source = session.get(Source, source_id)
    if source is None or source.disabled is not None:
        raise Unauthorized("this LMS is not known here")
    return source


def verify(source: Source, envelope: Envelope, body: bytes, now: datetime) -> None:
    """See that a message was sent by the LMS, just now.

    Raises:
        Unauthorized: It wasn't, or can't be told.
    """
    secrets = [source.secret]
    if source.old_secret and source.old_secret_until and now < source.old_secret_until:
        secrets.append(source.old_secret)
    reason = ""
    for secret in secrets:
        try:
            # What was signed is read later, and under limits.
            Webhook(secret).verify(body, dict(envelope.headers), json_parse=False)
        except WebhookVerificationError as error:
            reason = str(error)
        except ValueError:
            reason = "the headers or the body can't be read"
        else:
            return
    raise Unauthorized(f"the signature is not valid: {reason}")


def accept(
    session: Session, source: Source, message_id: str, body: bytes, now: datetime, settings: Settings
) -> tuple[InboundMessage, bool]:
    """Keep a verified message; a replay of one that is kept already changes nothing.

    Returns:
        The message, and whether it is new.

    Raises:
        Conflict: Another message came under the same id.
        InputError: It can't be understood, or names an archive that may not be fetched.
    """
    digest = hashlib.sha256(body).hexdigest()
    earlier = session.get(InboundMessage, (source.id, message_id))
    if earlier is not None:
        if earlier.digest != digest:
            raise Conflict("another message came under this webhook-id")
        return earlier, False
    try:
        message = HandIn.model_validate(parse_json(body))
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{'.'.join(map(str, first['loc'])) or 'the body'}: {first['msg']}") from None
    if message.data.archive_url is not None:
        check_archive_url(message.data.archive_url, settings)
    row = InboundMessage(
        source_id=source.id,
        message_id=message_id,
        digest=digest,
        received=now,
        state="waiting",
        payload=_kept(message),
        tries=0,
        next_try=now,
    )
    session.add(row)
    session.flush()
    return row, True


def check_archive_url(url: str, settings: Settings) -> None:
    """See that an archive may be fetched from a URL.

    Raises:
        InputError: It may not.
    """
    check_url(url, settings)
    if urlsplit(url).hostname not in settings.archive_hosts:
        raise InputError(f"archives are not fetched from {urlsplit(url).hostname} (setting archive_hosts)")


def _kept(message: HandIn) -> dict[str, Any]:
    return message.model_dump(mode="json")
