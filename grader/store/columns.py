"""Column types that both databases agree on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

__all__ = ["Base", "Moment", "Table", "name_of"]


class Moment(TypeDecorator[datetime]):
    """A point in time: goes in with any time zone, comes out in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Table = dict[str, Any]


class Base(DeclarativeBase):
    """The base of all rows."""

    type_annotation_map = {
        datetime: Moment(),
        Table: JSON(none_as_null=True),
        list[str]: JSON(none_as_null=True),
        str: Text(),
    }


def name_of(table: str, primary_key: bool = False) -> Any:
    """A column that refers to a row of another table by its name."""
    return mapped_column(Text, ForeignKey(f"{table}.id"), primary_key=primary_key)
