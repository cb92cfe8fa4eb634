"""SQLite in the process that judges: what SQL may do there, whoever wrote it.

A test hands a connection or a cursor over, or runs the query that a program returns: then a hostile side's text is compiled
and run by a library of the process that judges. So each connection refuses, from its making on, what reaches beyond its own
tables: other files, extensions, virtual tables (whose modules trust what is in their tables) and functions that deal in
pointers (``fts3_tokenizer``). Specification: https://sqlite.org/c3ref/set_authorizer.html.
"""

from __future__ import annotations

import functools
import sqlite3
import types
from collections.abc import Callable
from contextlib import closing
from typing import Any

__all__ = ["LISTENERS", "PRAGMAS", "SQL_FUNCTIONS", "guard_databases", "may_run"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ATTACH, _DETACH, _CREATE_VTABLE, _DROP_VTABLE, _FUNCTION, _PRAGMA, _LAST = 24, 25, 29, 30, 31, 19, 33
_BEYOND = frozenset({_ATTACH, _DETACH, _CREATE_VTABLE, _DROP_VTABLE})
"""Actions that reach beyond the tables of a database."""
_PLACE_OF_FACTORY = 5
"""Among the arguments of ``sqlite3.connect``."""
_ON_TABLES = frozenset({9, 18, 20, 23})
"""DELETE, INSERT, READ, UPDATE."""
_OWN_TABLES = _words("sqlite_master sqlite_schema sqlite_temp_master sqlite_temp_schema sqlite_sequence sqlite_stat1")
"""SQLite's own tables that are only tables; others, as ``sqlite_dbpage``, are the bytes of the file."""
PRAGMAS = _words(
    """
    application_id auto_vacuum automatic_index busy_timeout cache_size case_sensitive_like collation_list compile_options
    count_changes data_version database_list defer_foreign_keys encoding foreign_key_check foreign_key_list foreign_keys
    freelist_count full_column_names function_list index_info index_list index_xinfo integrity_check journal_mode
    max_page_count optimize page_count page_size quick_check read_uncommitted recursive_triggers reverse_unordered_selects
    short_column_names synchronous table_info table_list table_xinfo temp_store user_version
    """
)
SQL_FUNCTIONS = _words(
    """
    -> ->> abs acos acosh asin asinh atan atan2 atanh avg ceil ceiling changes char coalesce concat concat_ws cos cosh
    count cume_dist current_date current_time current_timestamp date datetime degrees dense_rank exp first_value floor
    format glob group_concat hex if ifnull iif instr json json_array json_array_length json_error_position json_extract
    json_group_array json_group_object json_insert json_object json_patch json_pretty json_quote json_remove json_replace
    json_set json_type json_valid julianday lag last_insert_rowid last_value lead length like likelihood likely ln log
    log10 log2 lower ltrim max median min mod nth_value ntile nullif octet_length percent_rank percentile percentile_cont
    percentile_disc pi pow power printf quote radians random randomblob rank replace round row_number rtrim sign sin sinh
    soundex sqlite_compileoption_get sqlite_compileoption_used sqlite_source_id sqlite_version sqrt strftime string_agg
    substr substring subtype sum tan tanh time timediff total total_changes trim trunc typeof unhex unicode unistr
    unistr_quote unixepoch unlikely upper zeroblob
    """
)
"""SQLite's own functions of values; those that a test defines are the test's."""


class Connection(sqlite3.Connection):
    """A connection that refuses it. It goes by the name of its base: tests and reports know that one."""

    __module__ = "sqlite3"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_authorizer(may_run)

    def create_function(self, name: str, narg: int, func: Any, **options: Any) -> None:
        super().create_function(name, narg, _heard(func), **options)

    def create_aggregate(self, name: str, n_arg: int, aggregate_class: Any) -> None:
        super().create_aggregate(name, n_arg, aggregate_class and _heard_object(aggregate_class))

    def create_window_function(self, name: str, num_params: int, aggregate_class: Any, /) -> None:
        super().create_window_function(name, num_params, aggregate_class and _heard_object(aggregate_class))

    def create_collation(self, name: str, callback: Any, /) -> None:
        super().create_collation(name, _heard(callback))


LISTENERS: list[Callable[[Any, BaseException], None]] = []
"""Hear of what functions raise that a test gave to a database: SQLite says no more than that there was something."""


def _heard(function: Any) -> Any:
    if not callable(function):
        return function

    @functools.wraps(function)
    def heard(*args: Any) -> Any:
        try:
            return function(*args)
        except BaseException as error:
            for listener in LISTENERS:
                listener(function, error)
            raise

    return heard


def _heard_object(make: Any) -> Callable[[], Any]:
    def made() -> Any:
        thing = _heard(make)()
        methods = [name for name in ("step", "finalize", "value", "inverse") if hasattr(thing, name)]
        return types.SimpleNamespace(**{name: _heard(getattr(thing, name)) for name in methods})

    return made


def guard_databases() -> None:
    """From now on, let SQL of this process do what ``may_run`` allows, and nothing else."""
    _built_in()  # opens a database of its own, which is none of a test's
    connect = sqlite3.connect

    @functools.wraps(connect)
    def guarded(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        if len(args) <= _PLACE_OF_FACTORY:
            kwargs.setdefault("factory", Connection)
        connection = connect(*args, **kwargs)
        connection.set_authorizer(may_run)
        return connection

    for module in (sqlite3, sqlite3.dbapi2):
        vars(module).update(connect=guarded, Connection=Connection)


def may_run(action: int, first: str | None, second: str | None, *_rest: object) -> int:
    """Whether a statement may do something, as SQLite asks it: ``SQLITE_OK`` or ``SQLITE_DENY``.

    Args:
        action: SQLite's code for it.
        first: Name of the table or of the pragma.
        second: Name of the function.
    """
    if action in _BEYOND or action > _LAST:
        return sqlite3.SQLITE_DENY
    if action in _ON_TABLES:
        name = (first or "").lower()
        return _answer(not name.startswith("sqlite_") or name in _OWN_TABLES)
    if action == _PRAGMA:
        return _answer((first or "").lower() in PRAGMAS)
    if action == _FUNCTION:
        name = (second or "").lower()
        return _answer(name in SQL_FUNCTIONS or name not in _built_in())
    return sqlite3.SQLITE_OK


def _answer(allowed: bool) -> int:
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


@functools.cache
def _built_in() -> frozenset[str]:
    """Names of the functions that this SQLite has by itself."""
    with closing(sqlite3.connect(":memory:")) as connection:
        return frozenset(row[0].lower() for row in connection.execute("select name from pragma_function_list"))
