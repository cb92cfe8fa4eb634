"""Column types that both databases agree on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, DateTime, ForeignKey, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

from ..errors import InputError

__all__ = ["Base", "Moment", "Remark", "Table", "Unstorable", "Words", "name_of"]


class Unstorable(InputError, DontWrapMixin):
    """A value that not every database can keep, in a row or in a query."""


class Moment(TypeDecorator[datetime]):
    """A point in time: goes in with any time zone, comes out in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone")
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise Unstorable(f"the time {value.isoformat()} is out of range") from None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text. PostgreSQL keeps no NUL, and neither database half a surrogate pair: both refuse them alike."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and value != _storable(value):
            raise Unstorable(f"{value[:100]!r} holds a character that can't be kept (NUL, or half a surrogate pair)")
        return value


class _AnyWords(Words):
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None else _storable(value)


def _storable(text: str) -> str:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


# Text of ours that may quote anything, such as an error's: kept with the characters replaced that can't be.
Remark = Annotated[str, mapped_column(_AnyWords)]
Table = dict[str, Any]


class Base(DeclarativeBase):
    """The base of all rows."""

    type_annotation_map = {
        datetime: Moment(),
        Table: JSON(none_as_null=True),
        list[str]: JSON(none_as_null=True),
        str: Words(),
    }


def name_of(table: str, primary_key: bool = False) -> Any:
    """A column that refers to a row of another table by its name."""
    return mapped_column(Words, ForeignKey(f"{table}.id"), primary_key=primary_key)
