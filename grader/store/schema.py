"""The revision of the tables, and which programs can work with it.

Machines are brought up to date one after another. So a migration expands (new tables, new columns with a default), and what
is no longer needed goes in a later version, when no program is left that needs it. Each migration says which is the oldest
revision whose programs can work with its tables; the database keeps that of its last one for programs that are older.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from .tables import Compatibility

__all__ = ["SchemaOutdated", "check_schema", "upgrade_schema"]


class SchemaOutdated(Exception):
    """This version of the program can't work with the database's tables."""


def upgrade_schema(connection: Connection, name: str) -> None:
    """Bring the tables to this version of the program, making them if there are none.

    Args:
        connection: In a transaction that writes.
        name: The database's, for messages.

    Raises:
        SchemaOutdated: They were made by a version so much newer that this one can't work with them.
    """
    if _present(connection) in {None, *_revisions()}:
        command.upgrade(_configuration(connection), "head")
        _note_oldest(connection)
    else:
        check_schema(connection, name)


def check_schema(connection: Connection, name: str) -> None:
    """See that this version of the program can work with the tables.

    Args:
        connection: With the database.
        name: The database's, for messages.

    Raises:
        SchemaOutdated: They are older, or too new.
    """
    present, known = _present(connection), _revisions()
    if present == known[0]:
        return
    if present is None or present in known:
        state = f"has tables of revision {present}, not {known[0]}" if present else "has no tables yet"
        raise SchemaOutdated(f"{name} {state}: run 'grader db upgrade'")
    oldest = connection.scalar(select(Compatibility.oldest))
    if oldest not in known:
        raise SchemaOutdated(
            f"{name} was made by a newer version of the grader (revision {present}): programs older than revision {oldest} "
            f"can't work with it, and this one is of {known[0]}"
        )


def _note_oldest(connection: Connection) -> None:
    head = _scripts().get_revision("head")
    connection.execute(delete(Compatibility))
    connection.execute(insert(Compatibility).values(oldest=head.module.oldest))


def _present(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _revisions() -> list[str]:
    """All that this version of the program knows, the newest first."""
    return [script.revision for script in _scripts().walk_revisions()]


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_configuration())


def _configuration(connection: Connection | None = None) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    configuration.attributes["connection"] = connection
    return configuration
