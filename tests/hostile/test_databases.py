"""SQL of a submission, which runs in the process that judges: by what a test hands over, and by what it runs itself."""

import pytest

from sandboxes.sandbox import Sandbox

from ..conftest import Graded, encoded, make_suite

TESTS = """
    import os, sqlite3
    import pytest
    from bank import Notes, query

    EXPECTED = "hidden_expectation_9f3a7"

    @pytest.fixture
    def connection(): return sqlite3.connect(":memory:")

    def test_connection(connection): assert Notes(connection).went_through() == []
    def test_cursor(connection): assert Notes(connection.cursor()).went_through() == []
    def test_result(connection): assert Notes(connection.execute("select 1")).went_through() == []
    def test_of_the_class(): assert Notes(sqlite3.Connection(":memory:")).went_through() == []
    def test_of_a_class_of_the_test():
        class Mine(sqlite3.Connection): pass
        assert Notes(sqlite3.connect(":memory:", factory=Mine)).went_through() == []
    def test_function(connection):
        assert Notes(type("Runs", (), {"execute": lambda self, *sql: connection.execute(*sql)})()).went_through() == []
    def test_query_that_the_test_runs(connection):
        with pytest.raises(sqlite3.DatabaseError): connection.execute(query()).fetchall()
    def test_still_a_connection(connection):
        assert isinstance(connection, sqlite3.Connection) and repr(connection).startswith("<sqlite3.Connection object")
        assert type(connection).__name__ == "Connection"
    def test_notes(connection):
        notes = Notes(connection)
        notes.add("milk", "two bottles")
        assert notes.get("milk") == "two bottles" and connection.execute("select count(*) from notes").fetchone() == (1,)
    def test_no_files(): assert not os.path.exists("/tmp/evil.db") and not os.path.exists("/dev/shm/evil.db")
"""
REFERENCE = """
    class Notes:
        def __init__(self, connection): self.connection = connection
        def went_through(self): return []
        def add(self, title, text):
            self.connection.execute("create table if not exists notes (title text primary key, text)")
            self.connection.execute("insert into notes values (?, ?)", (title, text))
            self.connection.commit()
        def get(self, title):
            return self.connection.execute("select text from notes where title = ?", (title,)).fetchone()[0]
    def query(): return "no SQL"
"""
HOSTILE = (
    REFERENCE
    + """
    STATEMENTS = [
        "select fts3_tokenizer('simple')", "select fts3_tokenizer('evil', x'4141414141414141')",
        "create virtual table t using fts3(x, tokenize=simple)", "create virtual table f using fts5(x)",
        "attach '/tmp/evil.db' as e", "attach '/dev/shm/evil.db' as f", "attach '/assignment/tests/hidden/x.db' as g",
        "vacuum into '/tmp/evil.db'", "select load_extension('/tmp/x.so')", "pragma writable_schema = on",
        "pragma temp_store_directory = '/tmp'",
    ]
    def went_through(self):
        through = []
        for statement in STATEMENTS:
            try: rows = self.connection.execute(statement).fetchall()
            except Exception: continue
            through.append(statement)
        return through
    Notes.went_through = went_through
    def query(): return "select fts3_tokenizer('simple')"
"""
)


@pytest.mark.parametrize("source", [REFERENCE, HOSTILE], ids=["reference", "hostile"])
def test_sql_stays_in_its_tables(engine, source):
    with Sandbox(engine, make_suite(TESTS, REFERENCE)) as sandbox:
        Graded(sandbox.run(encoded(source))).assert_all_passed()
