"""Contents in object storage: Amazon S3, and what speaks its protocol."""

from __future__ import annotations

import errno
import logging
import os
import re
from collections.abc import Container, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from .blobs import ASIDE, BlobMissing, BlobsUnavailable, digits_of, name_of, verified

__all__ = ["ObjectBlobs"]

_log = logging.getLogger(__name__)
_OURS = re.compile(r"(?P<start>[0-9a-f]{2})/(?P<rest>[0-9a-f]{62})(?P<aside>\.aside)?")
_PROBE = "probe"
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_CONTENTS = {"connect_timeout": 3, "read_timeout": 10, "retries": {"mode": "standard", "total_max_attempts": 2}}
"""A request of a learner waits for it, and a worker's lease runs; whoever asked asks again. In seconds, of silence."""
_CHECK = {"connect_timeout": 2, "read_timeout": 2, "retries": {"mode": "standard", "total_max_attempts": 1}}
"""Whoever probes a service waits for a few seconds."""
_REFUSED, _NO_BUCKET = (401, 403), "NoSuchBucket"


class ObjectBlobs:
    """A blob store in a bucket, which any number of machines may share. Thread-safe; each process needs its own.

    Args:
        url: ``s3://bucket/prefix``. Credentials, region and the address of another server than Amazon's come by the
            provider's own ways: ``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL`` and so on, its files, or the machine's role.

    Raises:
        BlobsUnavailable: The provider's own settings are wrong.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._bucket, _slash, prefix = url.removeprefix("s3://").partition("/")
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._client = self._connect(_CONTENTS)

    def put(self, data: bytes) -> str:
        """See ``BlobStore``."""
        name = name_of(data)
        # Even if it is there: that makes it new, for whoever is about to set it aside.
        with self._told():
            self._client.put_object(Bucket=self._bucket, Key=self._key(name), Body=data)
        return name

    def get(self, name: str) -> bytes:
        """See ``BlobStore``."""
        key = self._key(name)
        data = self._read(key)
        if data is None:
            data = self._read(f"{key}{ASIDE}")
            if data is None:
                raise BlobMissing(f"{name} is not in {self._url}")
            self.put(verified(name, data, self._url))
        return verified(name, data, self._url)

    def check(self) -> None:
        """See ``BlobStore``."""
        client = self._connect(_CHECK)
        try:
            with self._told():
                client.put_object(Bucket=self._bucket, Key=f"{self._prefix}{_PROBE}", Body=b"")
        finally:
            client.close()

    def discard(self, used: Container[str], before: datetime, dry_run: bool) -> dict[str, int]:
        """See ``BlobStore``."""
        counts = {"contents set aside": 0, "contents deleted": 0}
        with self._told():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix):
                for entry in page.get("Contents", ()):
                    try:
                        self._discard(entry["Key"], used, entry["LastModified"] < before, dry_run, counts)
                    except self._client.exceptions.NoSuchKey:  # another process is at it as well
                        continue
        return counts

    def _discard(self, key: str, used: Container[str], old: bool, dry_run: bool, counts: dict[str, int]) -> None:
        match = _OURS.fullmatch(key.removeprefix(self._prefix))
        if match is None:
            return
        kept = f"sha256:{match['start']}{match['rest']}" in used
        if match["aside"]:
            if kept and not dry_run:
                self._move(key, key.removesuffix(ASIDE))
            elif old and not kept:
                counts["contents deleted"] += 1
                if not dry_run:
                    self._client.delete_object(Bucket=self._bucket, Key=key)
        elif old and not kept:
            counts["contents set aside"] += 1
            if not dry_run:
                self._move(key, f"{key}{ASIDE}")

    def _move(self, key: str, to: str) -> None:
        # Copied first: at no time it is nowhere. The copy is new, so that the day begins again.
        self._client.copy_object(Bucket=self._bucket, Key=to, CopySource={"Bucket": self._bucket, "Key": key})
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def _read(self, key: str) -> bytes | None:
        with self._told():
            try:
                return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            except self._client.exceptions.NoSuchKey:
                return None

    def _key(self, name: str) -> str:
        digits = digits_of(name)
        return f"{self._prefix}{digits[:2]}/{digits[2:]}"

    def _connect(self, timing: dict[str, Any]) -> Any:
        elsewhere = any(os.environ.get(name) for name in _ENDPOINTS)
        config = Config(
            # Names of hosts that begin with the bucket's, and sums of this kind, are Amazon's; contents have digests.
            s3={"addressing_style": "path" if elsewhere else "auto"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            **timing,
        )
        with self._told():
            return boto3.session.Session().client("s3", config=config)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            # The whole account names hosts and buckets: it is for the log, not for everybody.
            number, text = _judge(error)
            _log.warning("%s: %s: %s", self._url, text, error)
            raise BlobsUnavailable(number, text) from error


def _judge(error: Any) -> tuple[int, str]:
    """What went wrong, as the number of a system's error and in words."""
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return errno.EACCES, "there are no credentials for the object storage"
    if not isinstance(error, ClientError):
        return errno.EIO, "the object storage does not answer"
    if error.response["Error"].get("Code") == _NO_BUCKET:
        return errno.ENOENT, "there is no such bucket"
    if error.response["ResponseMetadata"].get("HTTPStatusCode") in _REFUSED:
        return errno.EACCES, "the object storage refuses the credentials"
    return errno.EIO, "the object storage fails"
