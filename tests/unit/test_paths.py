"""Which texts of a message lead into the folder of the tests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandboxes.guest.examiner.paths import Paths
from sandboxes.guest.objects.contract import Contract
from sandboxes.guest.wire import tags
from sandboxes.guest.wire.errors import CannotCross
from sandboxes.guest.wire.frames import pack


@pytest.fixture
def home(tmp_path):
    hidden = tmp_path / "tests" / "hidden"
    (hidden / "data").mkdir(parents=True)
    (hidden / "test_it.py").write_text("SECRET = 1")
    (hidden / "data" / "a.csv").write_text("1")
    return str(tmp_path)


def taken(paths, body, contract=None):
    """Whether a message is read that has these values in it."""
    if not paths.may_name_files(pack(body)):
        return True
    try:
        paths.check(body, contract or Contract([]))
    except CannotCross:
        return False
    return True


LEADING = [
    "{home}",
    "{home}/tests/hidden/test_it.py",
    "/{home}/tests/hidden/test_it.py",
    "{home}/tests/../tests/hidden/test_it.py",
    "{home}/no/such/file",
    "tests/hidden/test_it.py",
    "./tests//hidden/./test_it.py",
    "tests/hidden/data/../test_it.py",
    "../..{home}/tests",
    "../test_it.py",
    "../../hidden/test_it.py",
    "x/../../data/a.csv",
    "/proc/self/environ",
    "/proc",
    "/usr/../proc/self/cwd",
    "../../../../proc/self/maps",
    "/dev/fd/3",
    "/dev/../proc/self/environ",
    "/usr/local/../../proc/self/environ",
    "../../../dev/../proc/self/environ",
]
INNOCENT = [
    *(
        "",
        ".",
        "..",
        "tests",
        "tests/hidden",
        "test_it.py",
        "/tests",
        "/tmp/a.csv",
        "a/b.txt",
        "../x.txt",
        "/procedure",
    ),
    *(
        "processing",
        "tests are fun",
        "tests/hidden/none.py",
        "/usr/share",
        "...",
        "a..b",
        "/dev/null",
        "\x00tests/x",
        "https://a.b/tests",
    ),
]


@pytest.mark.parametrize("text", LEADING)
def test_a_text_that_leads_there_is_refused_wherever_it_is(home, text):
    paths, text = Paths(home), text.format(home=home)
    assert not taken(paths, [[text], []])
    assert not taken(paths, [[[0]], [[10, [text, 5]]], []])
    assert not taken(paths, [[[0]], [[tags.PATH, "PosixPath", text]]])
    assert not taken(paths, [[text.encode()], []])


@pytest.mark.parametrize("text", INNOCENT)
def test_other_texts_are_read(home, text):
    assert taken(Paths(home), [[text, text.encode()], []])


@pytest.mark.parametrize("text", [".", "..", "tests", "tests/hidden"])
def test_a_path_may_not_even_be_a_folder_of_theirs(home, text):
    assert not taken(Paths(home), [[[0]], [[tags.PATH, "PosixPath", text]]])


def test_what_the_tests_gave_comes_back(home):
    paths = Paths(home)
    paths.give([[f"{home}/tests/hidden/data/a.csv"], []])
    assert taken(paths, [[f"{home}/tests/hidden/./data/a.csv"], []])
    assert not taken(paths, [[f"{home}/tests/hidden/test_it.py"], []])


def test_what_the_reference_gives_in_a_test_may_be_given_in_that_test(home):
    reference = Contract()
    reference.scope = "one"
    assert taken(Paths(home), [["/proc/cpuinfo"], []], reference)
    contract = Contract(reference.facts())
    for contract.scope, right in (("one", True), ("two", False)):
        assert taken(Paths(home), [["/proc/cpuinfo"], []], contract) is right
    contract.scope = "one"
    assert not taken(Paths(home), [["/proc/meminfo"], []], contract)


@given(st.recursive(st.text() | st.binary() | st.integers() | st.none(), st.lists, max_leaves=20))
def test_any_message_can_be_looked_at(body):
    Paths("/nowhere").give([body])
