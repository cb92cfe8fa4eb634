"""Reading submissions with static tools: what is done to text before, and what becomes of tools that stumble."""

import ast
import io
import subprocess
import sys
import tokenize
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.report import Finding, Measurements, Quality
from grader.scoring.criteria import StyleCriterion
from grader.scoring.criteria.base import Evidence
from sandboxes.guest.examiner import tools
from sandboxes.guest.examiner.bounded import Budget, ToolFailed
from sandboxes.guest.examiner.findings import Finding as Found
from sandboxes.guest.examiner.packages import importable
from sandboxes.guest.examiner.parsing import Unreadable, source_text, why_unreadable
from sandboxes.guest.examiner.submission import Submission
from sandboxes.guest.examiner.suppressions import without_suppressions

PIECES = st.sampled_from(
    [
        "# noqa",
        "#type:ignore",
        "# fmt: off",
        "'# noqa'",
        '"it\\"s # noqa"',
        '"""\n# mypy: x\n"""',
        "r'\\'",
        "x = 1",
        "\n",
        "\r\n",
        "\r",
        "(",
        ")",
        "\\\n",
        "f'{x}#'",
        "# a property: type",
        "b'#'",
        "ä = 'ö'",
        " ",
        ";",
        "''",
        "no_type_check",
        "'no_type_check'",
    ]
)


def strings_and_comments(text):
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [(token.type, token.string, token.start) for token in tokens if token.type in (tokenize.STRING, tokenize.COMMENT)]


@settings(max_examples=500)
@given(st.lists(PIECES, max_size=12))
def test_text_without_suppressions_has_the_same_shape_strings_and_names(pieces):
    text = "".join(pieces)
    try:
        before = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    neutral, _suppressions = without_suppressions(text)
    assert len(neutral) == len(text)
    assert [index for index, char in enumerate(text) if char in "\r\n"] == [
        index for index, char in enumerate(neutral) if char in "\r\n"
    ]
    assert ast.dump(ast.parse(neutral)).replace("no_type_chec_", "no_type_check") == ast.dump(before)
    if "\r" not in text:
        ours, theirs = strings_and_comments(neutral), strings_and_comments(text)
        assert [token for token in ours if token[0] == tokenize.STRING] == [
            token for token in theirs if token[0] == tokenize.STRING
        ]
        assert len(ours) == len(theirs)
        assert not any("noqa" in string for kind, string, _start in ours if kind == tokenize.COMMENT)


SUPPRESSIONS = """
#noqa | # noqa:F401 | # NoQA | # why # noqa | # ruff: noqa | #ruff:noqa: E1 | # flake8: noqa | # ruff:ignore[E1] | # ruff: isort: skip_file
# isort: skip | # isort:off | # fmt: off | #fmt:skip | # yapf: disable | # mypy: strict | # type: ignore | #type:ignore[x]
# type: int # type: ignore | # pyright: ignore | # pylint: disable=all | # so; fmt:skip
"""


@pytest.mark.parametrize("comment", [one.strip() for line in SUPPRESSIONS.strip().splitlines() for one in line.split("|")])
def test_suppressions_are_told_with_their_lines(comment):
    neutral, told = without_suppressions(f"x = 1\n\ny = 2  {comment}\n")
    assert told == [(3, comment)]
    assert comment not in neutral


@pytest.mark.parametrize(
    "comment", ["# a type: of things", "# pragma: no cover", "# ruff is a tool", "# type: int", "# fmt is short"]
)
def test_ordinary_comments_are_not_told(comment):
    assert without_suppressions(f"x = 1  {comment}\n") == (f"x = 1  {comment}\n", [])


def test_names_whose_truth_mypy_knows_are_unknown_to_it_and_no_findings():
    text = "from typing import TYPE_CHECKING\nif not TYPE_CHECKING or MYPY or PY2 or PY3: pass\nNOT_TYPE_CHECKING = PY = 1\n"
    neutral, told = without_suppressions(text)
    assert neutral.splitlines()[1:] == ["if not TYPE_CHECKIN_ or MYP_ or PY_ or PY_: pass", "NOT_TYPE_CHECKING = PY = 1"]
    assert told == []


@pytest.mark.parametrize("quote", ['"', "'", '"""', "'''"])
def test_long_strings_take_no_more_memory_than_they_have(quote):
    """What a loop could give back was remembered for each character: gigabytes for a text of fifteen megabytes."""
    program = (
        "import resource, sys\n"
        "from sandboxes.guest.examiner.suppressions import without_suppressions\n"
        f"text = 'x = ' + {quote!r} + 'ab ' * 2_000_000 + {quote!r} + '  # noqa'\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "neutral, told = without_suppressions(text)\n"
        "assert len(told) == 1 and len(neutral) == len(text)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 100_000, "KiB"


def test_a_decorator_is_found_however_its_name_is_written():
    neutral, told = without_suppressions("x = 1\n@typing.\U0001d5c7o_type_check\ndef f(): pass\n")
    assert (told, "o_type_check\n" in neutral) == ([(2, "@no_type_check")], False)


@given(
    st.lists(
        st.lists(
            st.sampled_from(["a", "b", "my-pkg", "types", "class", "1", "__init__", "ä", "\n", "a_2", "m_1"]),
            min_size=1,
            max_size=4,
        ),
        max_size=12,
    ),
    st.sampled_from([".py", ".pyi", ".pyw", ""]),
)
def test_modules_have_names_that_mypy_takes(parts, suffix):
    paths = {"/".join(one) + suffix for one in parts} | {f"{one[0]}.py" for one in parts}
    paths = {path for path in paths if not any(other.startswith(f"{path}/") for other in paths)}
    names = importable(paths)
    assert set(names.values()) == paths
    modules = [name.rpartition(".")[0].removesuffix("/__init__") for name in names]
    assert len(set(modules)) == len(modules)
    assert all(part.isidentifier() for name in modules for part in name.split("/"))


def test_modules_keep_their_names_where_they_can():
    paths = ["work.py", "pkg/__init__.py", "pkg/inner.py", "a/util.py", "b/util.py", "types.py", "pkg/types.py"]
    names = {path: name for name, path in importable(paths).items()}
    assert {path for path in paths if names[path] != path} == {"types.py"}


class Tool:
    """Reads what it is given; stumbles over some files, or always."""

    def __init__(self, over=(), works=True):
        self.over, self.works, self.runs = set(over), works, 0

    def read(self, paths):
        self.runs += 1
        if not self.works or self.over & set(paths):
            raise ToolFailed("it ends with SIGSEGV")
        return [Found("F401", path, 1, "unused", None) for path in paths]


def read(tool, paths, tmp_path):
    return tools._read("tool", tool.read, tool.read, paths, Budget(10, str(tmp_path)))


def test_a_tool_that_stumbles_over_some_files_reads_the_others(tmp_path):
    paths = [f"{number}.py" for number in range(100)]
    tool = Tool(over=["7.py", "8.py", "93.py"])
    found = read(tool, paths, tmp_path)
    assert sorted(one.path for one in found if one.rule == "F401") == sorted(set(paths) - tool.over)
    assert {one.path: one.message for one in found if one.rule == "unreadable"} == dict.fromkeys(
        tool.over, "tool can't read this file: it ends with SIGSEGV"
    )
    assert tool.runs < 50


def test_a_tool_that_reads_nothing_is_our_failure(tmp_path):
    with pytest.raises(RuntimeError, match="tool does not work: it ends with SIGSEGV"):
        read(Tool(works=False), ["a.py"], tmp_path)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["sh", "-c", "kill -SEGV $$"], "SIGSEGV"),
        (["sh", "-c", "while :; do :; done"], "it takes more than 1 s"),
        (["sh", "-c", "echo broken >&2; exit 3"], "it ends with status 3: broken"),
        (["yes"], "more to say"),
        (["python3", "-c", "x = bytearray(2 << 30)"], "MemoryError"),
        (["sh", "-c", "yes >&2"], "SIGXFSZ"),
    ],
)
def test_what_a_tool_uses_up_is_bounded(tmp_path, command, reason):
    with pytest.raises(ToolFailed, match=reason):
        Budget(1.5, str(tmp_path)).run(command, {"PATH": "/usr/local/bin:/usr/bin:/bin"}, (0,))


def test_all_tools_together_have_so_much_time_and_no_more(tmp_path):
    budget = Budget(1.9, str(tmp_path))
    for _ in range(2):
        with pytest.raises(ToolFailed):
            budget.run(["sh", "-c", "while :; do :; done"], {"PATH": "/bin:/usr/bin"}, (0,))
    with pytest.raises(ToolFailed, match="all tools together took too long"):
        budget.run(["true"], {"PATH": "/bin:/usr/bin"}, (0,))


def test_a_tool_that_is_not_there_is_our_failure(tmp_path):
    with pytest.raises(FileNotFoundError):
        Budget(10, str(tmp_path)).run(["no-such-tool"], {"PATH": "/bin"}, (0,))


DEEP = {
    "additions": "x = " + "+".join(["1"] * 20_000),
    "signs": "x = " + "-" * 100_000 + "1",
    "negations": "x = " + "not " * 50_000 + "1",
    "attributes": "x = a" + ".b" * 50_000,
    "calls": "x = a" + "()" * 50_000,
    "lambdas": "x = " + "lambda: " * 20_000 + "1",
    "branches": "if x:\n pass\n" + "elif x:\n pass\n" * 20_000,
    "powers": "x = " + "**".join(["1"] * 20_000),
    "NUL": "x = 1\0",
    "syntax": "def f(:",
}


@pytest.mark.parametrize("name", DEEP)
def test_text_that_python_cannot_parse_fails_the_test_that_asks_for_its_tree(name):
    with pytest.raises(AssertionError, match=r"work.py is not valid Python: "):
        Submission({"work.py": DEEP[name].encode()}).tree()


def test_warnings_that_a_test_makes_errors_do_not_make_text_wrong():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Submission({"work.py": b"x = '\\d'\nassert (x, 1)\n"}).tree().body


@pytest.mark.parametrize(
    ("data", "readable"),
    [
        (b"# coding: utf-8\nx = 1\n", True),
        (b"# -*- coding: UTF_8 -*-\nx = 1\n", True),
        (b"# coding: latin-1\nx = 1\n", True),
        ("# coding: latin-1\nx = 'ä'\n".encode("latin-1"), False),
        (b"# coding: utf-7\nx = 1\n", False),
        (b"#!/usr/bin/python\r# coding: utf-7\rx = 1\n", False),
        (b"\n\n# coding: utf-7\n", True),
        (b"x = '\xff'\n", False),
        (b"\xef\xbb\xbfx = 1\n", True),
    ],
)
def test_encodings_that_tools_would_read_otherwise_than_python_are_not_read(data, readable):
    text = source_text(data)
    assert isinstance(text, str) == readable
    if isinstance(text, str):
        assert why_unreadable(text) is None
    else:
        assert isinstance(text, Unreadable)


def test_findings_are_listed_from_every_rule_and_counted():
    found = [Found("E501", "a.py", line, "long", None) for line in range(1, 5001)] + [
        Found("F401", "z.py", 1, "unused", None)
    ]
    listed = [Found(*one) for one in tools._listed(found)]
    assert {rule: sum(one.times for one in listed if one.rule == rule) for rule in ("E501", "F401")} == {
        "E501": 5000,
        "F401": 1,
    }
    assert len(listed) <= 500


def judged(*findings, lines=100, **settings):
    quality = Quality(tools=("ruff",), lines=lines, findings=findings)
    return StyleCriterion(weight=10, **settings).judge(Evidence((), Measurements(quality=quality)))


def finding(rule, times=1):
    return Finding(rule=rule, path="a.py", line=1, message="so", times=times)


def test_findings_that_are_not_listed_cost_as_well():
    assert (
        judged(finding("F401", times=4)).share == pytest.approx(judged(*[finding("F401")] * 4).share) == pytest.approx(0.7)
    )


def test_suppressing_comments_cost_what_a_broken_rule_costs_unless_they_are_allowed():
    assert judged(finding("suppression")).share == pytest.approx(0.9)
    assert judged(finding("suppression"), ignore=("suppression",)).share == 1


@pytest.mark.parametrize("ignore", [(), ("unreadable", "invalid-syntax", "u", "i")])
def test_a_file_that_a_tool_cannot_read_earns_nothing(ignore):
    assert judged(finding("unreadable"), ignore=ignore).share == 0
    assert judged(finding("invalid-syntax"), ignore=ignore).share == 0


def test_parsing_is_paid_from_the_same_time(tmp_path):
    budget = Budget(0.5, str(tmp_path))
    texts, findings = tools._texts({"a.py": b"x = 1\n", "b.py": b"x = \xff\n"}, budget)
    assert (texts, [(one.rule, one.path) for one in findings]) == ({}, [("unreadable", "a.py"), ("invalid-syntax", "b.py")])
