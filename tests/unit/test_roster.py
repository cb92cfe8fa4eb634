"""Class lists."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import InputError
from grader.service.roster import Person, read_roster


def test_a_list_as_spreadsheets_write_it():
    text = '\ufefflogin,name,role\r\nada,"Lovelace, Ada",\r\ntess,Tess,instructor\r\n'
    assert read_roster(text) == [Person("ada", "Lovelace, Ada"), Person("tess", "Tess", role="instructor")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the first line names the columns"),
        ("ada\nbob\n", "the first line names the columns"),
        ("login,phone\nada,1\n", "the first line names the columns"),
        ("login,name\nada\n", "line 2: it doesn't have as many columns"),
        ("login\nada,Ada\n", "line 2: it doesn't have as many columns"),
        ("login\nada\nada\n", "line 3: 'ada' is there twice"),
        ("login,name\n,Ada\n", "line 2: there is no login"),
        ("login,role\nada,dean\n", "line 2: the role 'dean' is none of learner, instructor"),
        ('login\n"ada\n', "unexpected end of data"),
    ],
)
def test_what_is_no_list_is_explained_by_its_line(text, message):
    with pytest.raises(InputError, match=message):
        read_roster(text)


@given(st.text())
def test_no_text_breaks_it(text):
    try:
        read_roster(f"login,name\n{text}")
    except InputError:
        pass


words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1)


@given(st.dictionaries(words, words, min_size=1))
def test_what_was_written_is_read(names):
    file = io.StringIO(newline="")
    csv.writer(file).writerows([("login", "name"), *names.items()])
    assert {one.login: one.name for one in read_roster(file.getvalue())} == names
