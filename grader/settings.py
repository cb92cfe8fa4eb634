"""Settings of the service, by environment and file. Documented in docs/operating.md."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from .errors import InputError

__all__ = ["CONFIG", "Settings", "load_settings"]

CONFIG = "GRADER_CONFIG"
"""Names the settings file; ``grader.toml`` in the working directory is read without it, if it is there."""


def _network(text: str) -> str:
    return str(ipaddress.ip_network(text))


def _rate(text: str) -> str:
    from limits import parse

    parse(text)
    return text


def _listed(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _object_storage(url: str) -> str:
    if url and not re.fullmatch(r"s3://[A-Za-z0-9][A-Za-z0-9._-]+(/(?!\.{1,2}(/|$))[A-Za-z0-9!_.*'()-]+)*/?", url):
        raise ValueError(f"{url!r} is not s3://bucket/prefix, in ASCII and without empty parts or dots alone")
    return url


BlobsUrl = Annotated[str, AfterValidator(_object_storage)]
Networks = Annotated[list[Annotated[str, AfterValidator(_network)]], BeforeValidator(_listed)]
Hosts = Annotated[list[str], BeforeValidator(_listed)]
Rate = Annotated[str, AfterValidator(_rate)]


class Settings(BaseSettings):
    """What an operator sets. Each is an environment variable, ``GRADER_`` and its name in capitals, or a key of the file."""

    model_config = SettingsConfigDict(
        env_prefix="GRADER_", extra="forbid", frozen=True, validate_default=True, enable_decoding=False
    )

    data: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("grader")),
        description="Folder for everything the service keeps: blobs, the default database, the embedded broker.",
    )
    database_url: str = Field(default="", description="SQLAlchemy URL; empty for SQLite in the data folder.")
    blobs_url: BlobsUrl = Field(
        default="", description="Object storage for files, s3://bucket/prefix; empty for the data folder."
    )
    broker_url: str = Field(default="", description="Redis or Valkey URL; empty for the embedded broker of 'grader up'.")
    host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    port: int = Field(default=8400, ge=1, le=65535, description="Port the API listens on.")
    public_url: str = Field(default="", description="Address under which learners reach the API.")
    proxies: Networks = Field(default=[], description="Networks of reverse proxies whose X-Forwarded-For is believed.")
    max_upload: int = Field(default=70 * 2**20, gt=0, description="Bytes of a request body at most.")
    max_uploads: int = Field(default=32, ge=1, description="Request bodies above 64 KiB that are received at a time.")
    upload_memory: int = Field(default=256 * 2**20, gt=0, description="Bytes of all bodies that are received at a time.")
    header_timeout: float = Field(default=10.0, gt=0, description="Seconds that the head of a request may take to arrive.")
    body_timeout: float = Field(default=120.0, gt=0, description="Seconds that the body of a request may take to arrive.")
    rate_limit: Rate = Field(default="600/minute", description="Requests for each token.")
    submit_rate_limit: Rate = Field(default="120/minute", description="Submissions for each token.")
    anonymous_rate_limit: Rate = Field(default="120/minute", description="Refused requests for each address.")
    lease: float = Field(
        default=60.0, ge=2, description="Seconds after which a silent worker's grading is given to another."
    )
    max_failures: int = Field(default=5, ge=1, description="Failures of the grader's own before an operator has to look.")
    retry_after: float = Field(default=5.0, gt=0, description="Seconds before the first retry; doubled each time.")
    cached_assignments: int = Field(default=3, ge=1, description="Assignments a worker process keeps warm.")
    runtime: str | None = Field(default=None, description="OCI runtime for the sandboxes (runc, runsc, kata).")
    webhook_networks: Networks = Field(default=[], description="Private networks that webhooks may reach all the same.")
    webhook_http: bool = Field(default=False, description="Whether webhooks may go unencrypted to public addresses.")
    webhook_timeout: float = Field(default=15.0, gt=0, le=60, description="Seconds for one delivery.")
    webhook_give_up: float = Field(default=5.0, gt=0, description="Days of failures after which an endpoint is disabled.")
    webhook_first_retry: float = Field(default=5.0, gt=0, description="Seconds before the first redelivery.")
    keep_events: float = Field(
        default=90.0, ge=1, description="Days after which events that were delivered, and the log of that, are deleted."
    )
    keep_keys: float = Field(default=30.0, ge=1, description="Days after which Idempotency-Keys are forgotten.")
    keep_messages: float = Field(
        default=90.0, ge=1, description="Days after which messages of an LMS that were dealt with are deleted."
    )
    keep_images: float = Field(
        default=30.0, ge=1, description="Days after which a worker removes sandbox images that nobody used."
    )
    archive_hosts: Hosts = Field(default=[], description="Hosts from which an LMS may have archives fetched.")

    @model_validator(mode="after")
    def _any_body_fits(self) -> Settings:
        if self.upload_memory < self.max_upload:
            raise ValueError("upload_memory has to be at least max_upload: else the largest body would never be received")
        return self

    @property
    def database(self) -> str:
        """The database's URL, with the driver that is installed where it names none."""
        scheme, separator, rest = self.database_url.partition("://")
        if scheme in ("postgres", "postgresql"):
            return f"postgresql+psycopg{separator}{rest}"
        return self.database_url or f"sqlite:///{self.data.absolute() / 'grader.db'}"

    @property
    def broker_socket(self) -> Path:
        """Where the embedded broker listens."""
        return self.data.absolute() / "broker.sock"

    @property
    def broker(self) -> str:
        """The broker's URL, as redis-py reads it."""
        return self.broker_url or f"unix://{self.broker_socket}"

    @property
    def blobs(self) -> str:
        """Where the blob store is: a folder, or the URL of object storage."""
        return self.blobs_url or str(self.data / "blobs")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the file."""
        file = TomlConfigSettingsSource(settings_cls, os.environ.get(CONFIG, "grader.toml"))
        return init_settings, env_settings, file


def load_settings(**given: Any) -> Settings:
    """The settings that hold here.

    Args:
        given: Settings that win over all others; those that are None are left out.

    Raises:
        InputError: One is wrong; the message names it.
    """
    path = os.environ.get(CONFIG)
    if path and not Path(path).is_file():
        raise InputError(f"{CONFIG} names {path}, which is no file")
    _check_names()
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:
            raise InputError(f"settings: {first['msg']}") from None
        name = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            raise InputError(
                f"{path or 'grader.toml'}: there is no setting {name!r}{_meant(name, Settings.model_fields)}"
            ) from None
        raise InputError(f"setting {name} (GRADER_{name.upper()}): {first['msg']}") from None
    except ValueError as error:
        raise InputError(f"{path or 'grader.toml'}: {error}") from None


def _check_names() -> None:
    # A misspelt variable would be passed over in silence.
    elsewhere = {CONFIG, "GRADER_TRANSPORT", "GRADER_RUNTIME", "GRADER_URL", "GRADER_TOKEN", "GRADER_BASE_IMAGE"}
    known = {f"GRADER_{name.upper()}" for name in Settings.model_fields} | elsewhere
    for name in os.environ:
        if name.startswith("GRADER_") and name not in known:
            raise InputError(f"{name}: no such setting{_meant(name, known)}")


def _meant(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f", is {close[0]} meant?" if close else ""
