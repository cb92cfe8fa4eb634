"""What SQL may do in the process that judges."""

import contextlib
import sqlite3

import pytest

from sandboxes.guest.examiner.databases import may_run

ORDINARY = [
    "create table people (id integer primary key autoincrement, name text unique, born date default current_date, data)",
    "create index by_name on people (name)",
    "create temp view names as select upper(name) as name from people",
    "create trigger shout after insert on people begin update people set name = trim(name) where id = new.id; end",
    "insert into people (name, data) values ('ada', json_object('a', 1)), ('bob', null)",
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 9) select sum(i), group_concat(i, '-') from n",
    "select name, row_number() over (order by name desc), data ->> '$.a', doubled(2) from people where name like 'a%'",
    "select value from json_each('[1, 2]')",
    "select strftime('%Y', 'now'), printf('%05.2f', sqrt(2)), round(2.5), coalesce(null, 1), hex(randomblob(4))",
    "pragma table_info(people)",
    "select name from pragma_table_info('people')",
    "pragma foreign_keys = on",
    "select name, sql from sqlite_master union select name, 0 from sqlite_sequence",
    "alter table people add column age",
    "savepoint here",
    "release here",
    "delete from people",
    "drop table people",
]
BEYOND = [
    "attach '{folder}/x' as other",
    "vacuum into '{folder}/y'",
    "select fts3_tokenizer('simple')",
    "select FTS3_TOKENIZER('evil', x'4141414141414141')",
    "select load_extension('{folder}/x.so')",
    "select sqlite_log(1, 'x')",
    "create virtual table t using fts3(x, tokenize=simple)",
    "create virtual table t using fts5(x)",
    "create virtual table t using rtree(id, a, b)",
    "create virtual table t using fts3tokenize",
    "select rtreenode(2, x'00')",
    "pragma writable_schema = on",
    "pragma temp_store_directory = '{folder}'",
    "pragma mmap_size = 1000000",
    "pragma trusted_schema = on",
    "select * from sqlite_dbpage",
    "select * from sqlite_stmt",
]


@pytest.fixture
def connection():
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.create_function("doubled", 1, lambda number: 2 * number)
        connection.set_authorizer(may_run)
        yield connection


def test_what_learners_write_runs(connection):
    for statement in ORDINARY:
        connection.execute(statement).fetchall()


@pytest.mark.parametrize("statement", BEYOND)
def test_what_reaches_beyond_the_tables_does_not(connection, tmp_path, statement):
    with pytest.raises(sqlite3.DatabaseError):
        connection.execute(statement.format(folder=tmp_path)).fetchall()
    assert list(tmp_path.iterdir()) == []


def test_a_view_or_trigger_gives_no_more(connection):
    connection.execute("create view v as select 1")
    with pytest.raises(sqlite3.DatabaseError):
        connection.execute("create view w as select fts3_tokenizer('simple')").fetchall() or connection.execute(
            "select * from w"
        )
