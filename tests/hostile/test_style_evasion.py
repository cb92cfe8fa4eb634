"""Submissions that don't want to be read. All of it is read, or it is said why it can't be, and that never pays.

Known from: linters' own documentation (suppressing comments, default excludes, settings files), reports of crashes of parsers by
nested text, PEP 263 (encodings that hide code), module resolution of mypy, Python's search for modules in the current folder.
"""

import pytest

from grader.grading import Grader
from grader.submission import submission_of

from ..measured import line, make

GOOD = '"""Counts."""\n\n\ndef count(n: int) -> int:\n    """Count."""\n    return n\n'
BAD = "import os\nimport sys\n\n\ndef f(a):\n    l = a\n    return l == None\n"
BREAKS = {"F401", "E741", "E711"}
TESTS = "from work import count\n\ndef test_count():\n    assert count(3) == 3\n"
STRICT = 'kind = "style"\nweight = 50\nlayout = true\ntypes = true\neach = 2'
FILES = '\nallowed = ["*"]\nmax_size = "8 MiB"\nmax_files = 500\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("style")


def assignment_with(folder, style):
    made = make(folder, TESTS, GOOD, ['kind = "tests"\nweight = 50', style])
    path = folder / "assignment.toml"
    path.write_text(path.read_text().replace('required = ["work.py"]\n', f'required = ["work.py"]{FILES}'))
    from grader.assignment import load_assignment

    return load_assignment(made.root)


@pytest.fixture(scope="module")
def grade(engine, folder):
    assignment = assignment_with(folder, STRICT)
    with Grader(assignment, engine) as grader:

        def graded(files):
            content = {path: data if isinstance(data, bytes) else data.encode() for path, data in files.items()}
            report = grader.grade(submission_of("it", {"work.py": GOOD.encode(), **content}, assignment.settings.submission))
            assert report.status == "graded", report.reason
            assert all(test.outcome == "passed" for test in report.tests)
            return report

        yield graded


def rules(report, path):
    return {finding.rule for finding in report.measurements.quality.findings if finding.path == path}


def test_good_work_has_full_marks(grade):
    report = grade({})
    assert (line(report, "style").score, report.measurements.quality.findings) == (50, ())


NAMES = [
    "node_modules/a.py", "dist/a.py", "_build/a.py", "build/a.py", "site-packages/a.py", "venv/a.py", ".tox/a.py", ".git-rewrite/a.py",
    ".hidden/a.py", "my-pkg/__init__.py", "my-pkg/a.py", "my_pkg/a.py", "a b/c.py", "types.py", "typing.py", "enum.py", "pkg/builtins.py",
    "other.pyi", "a.pyw", "SHOUTED.PY", "a.py", "class.py", "1.py", "x.y.py", "größe.py", "@args.py", "-v.py", "--help",
    "numpy-stubs/__init__.py", "conftest.py", "__init__.py", "__main__.py", "ruff.py", "mypy/__init__.py", "plain.py", "x/util.py", "y/util.py",
    "a/" * 150 + "a.py",
]  # fmt: skip


@pytest.fixture(scope="module")
def oddly_named(grade):
    return grade(
        {path: BAD if path.lower().endswith((".py", ".pyw", ".pyi")) else f"#!/usr/bin/python3\n{BAD}" for path in NAMES}
    )


@pytest.mark.parametrize("path", NAMES)
def test_no_name_keeps_a_file_from_being_read(oddly_named, path):
    stub = {"E741"} if path.endswith(".pyi") else set()
    assert rules(oddly_named, path) >= (BREAKS | {"type-no-untyped-def"}) - stub
    assert "unreadable" not in rules(oddly_named, path)


def test_a_program_without_a_suffix_is_python_if_its_first_line_says_so(grade):
    assert rules(grade({"tool": "#!/usr/bin/env python3\n" + BAD, "notes": BAD}), "tool") >= BREAKS
    assert rules(grade({"notes": BAD}), "notes") == set()


SUPPRESSIONS = {
    "noqa everywhere": ("# ruff: noqa\n" + BAD, 1),
    "flake8 noqa": ("# flake8: noqa\n" + BAD, 1),
    "noqa in lines": (BAD.replace("\n", "  # noqa\n").replace("\n  # noqa\n", "\n\n"), 6),
    "noqa in capitals": (BAD.replace("import os\n", "import os  #NOQA:F401\n"), 1),
    "file-ignore": ("# ruff: file-ignore[F401, E741, E711]\n" + BAD, 1),
    "disable": ("# ruff: disable[F401, E741, E711]\n" + BAD + "# ruff: enable[F401, E741, E711]\n", 1),
    "mypy's settings": ("# mypy: ignore-errors\n" + BAD, 1),
    "mypy's settings in a string": ('"""Text.\n# mypy: ignore-errors\n"""\n' + BAD, 0),
    "ignored types": ("# type: ignore\n" + BAD, 1),
    "ignored types after other words": (BAD.replace("(a):", "(a):  # why not # type:ignore[no-untyped-def]"), 1),
    "script settings": ("# /// script\n# [tool.ruff.lint]\n# ignore = ['ALL']\n# ///\n# @generated\n" + BAD, 0),
    "carriage returns": (("# ruff: noqa\n# mypy: ignore-errors\n" + BAD).replace("\n", "\r"), 2),
    "a byte order mark": ("\ufeff# ruff: noqa\n" + BAD, 1),
}


@pytest.fixture(scope="module")
def suppressed(grade):
    return grade({f"{number}.py": text for number, (text, _count) in enumerate(SUPPRESSIONS.values())})


@pytest.mark.parametrize("name", SUPPRESSIONS)
def test_suppressing_comments_have_no_effect(suppressed, name):
    path = f"{list(SUPPRESSIONS).index(name)}.py"
    assert rules(suppressed, path) >= BREAKS | {"type-no-untyped-def"}
    findings = [finding for finding in suppressed.measurements.quality.findings if finding.path == path]
    told = [finding for finding in findings if finding.rule == "suppression"]
    assert len(told) == SUPPRESSIONS[name][1]
    assert all("has no effect here" in finding.message for finding in told)


def test_layout_is_judged_whatever_comments_say(grade):
    files = {
        "fmt.py": "# fmt: off\nx = [1,\n  2]\n# fmt: on\n",
        "yapf.py": "# yapf: disable\nx = [1,\n  2]\n# yapf: enable\n",
        "close.py": "#fmt:off\nx = [1,\n  2]\n",
        "skip.py": "x = [1,  2]  # fmt: skip\n",
        "more.py": "x = [1,  2]  # twice; fmt:skip\n",
    }
    report = grade(files)
    assert [path for path in files if not rules(report, path) >= {"layout", "suppression"}] == []


def test_decorators_do_not_blind_the_type_checker(grade):
    text = "import typing\nfrom typing import no_type_check as fine\n\n\n@typing.no_type_check\ndef f(a: int) -> str:\n    return a\n"
    text += "\n\n@fine\ndef g(a: int) -> str:\n    return a\n"
    report = grade({"bad.py": text})
    assert {"type-return-value", "suppression"} <= rules(report, "bad.py")


def test_what_looks_like_a_suppression_in_a_string_stays_as_it_is(grade):
    text = "HELP = \"write # noqa or # type: ignore, and # fmt: off\"\nMORE = '''\n# ruff: noqa\n'''\n"
    assert rules(grade({"help.py": text}), "help.py") <= {"layout"}


def test_settings_that_are_handed_in_have_no_effect(grade):
    settings = '[tool.ruff]\nexclude = ["*"]\n[tool.ruff.lint]\nignore = ["ALL"]\n[tool.mypy]\nignore_errors = true\n'
    files = {
        "pyproject.toml": settings,
        "ruff.toml": 'exclude = ["*"]\n',
        ".ruff.toml": 'exclude = ["*"]\n',
        "mypy.ini": "[mypy]\nignore_errors = True\n",
        "setup.cfg": "[mypy]\nignore_errors = True\n",
        ".gitignore": "*\n",
        ".ignore": "*\n",
    }
    report = grade({**files, **{f"sub/{path}": text for path, text in files.items()}, "sub/bad.py": BAD, "bad.py": BAD})
    for path in ("bad.py", "sub/bad.py"):
        assert rules(report, path) >= BREAKS | {"type-no-untyped-def"}


UNREADABLE = {
    "a syntax error": "def f(:\n",
    "a NUL byte": "x = 1\n\0\n",
    "no text": b"x = '\xff\xfe'\n",
    "20,000 additions": "x = " + "+".join(["1"] * 20_000) + "\n",
    "50,000 minus signs": "x = " + "-" * 50_000 + "1\n",
    "20,000 attributes": "x = a" + ".b" * 20_000 + "\n",
    "open parentheses": "(" * 100_000,
    "20,000 branches": "if x:\n    pass\n" + "elif x:\n    pass\n" * 20_000,
    "code behind an encoding": b"# coding: utf-7\n# +AAo-import os+AAo-\n",
    "code behind an encoding in the second line": b"#!python\r# -*- coding: unicode_escape -*-\n# \\nimport os\n",
    "an unknown encoding": b"# coding: ../../secret\n",
}


@pytest.fixture(scope="module")
def unread(grade):
    return grade({"bad.py": BAD, **{f"odd/{number}.py": data for number, data in enumerate(UNREADABLE.values())}})


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_a_finding_and_keeps_no_other_from_being_read(unread, name):
    assert rules(unread, f"odd/{list(UNREADABLE).index(name)}.py") == {"invalid-syntax"}
    assert rules(unread, "bad.py") >= BREAKS | {"type-no-untyped-def"}


def test_what_cannot_be_read_earns_nothing(unread):
    assert (line(unread, "style").score, line(unread, "style").detail) == (0, "odd/0.py is no Python (line 1)")


READABLE = {
    "a long line": {"a.py": "X = '" + "a" * 3_000_000 + "'\n"},
    "many lines": {"a.py": "x = 1\n" * 20_000},
    "deep text that Python takes": {"a.py": "y = 1\nx = " + "+".join(["y"] * 900) + "\n"},
    "as many parentheses as can be": {"a.py": "x = " + "(" * 150 + "1" + ")" * 150 + "\n"},
    "modules of one name": {"a/util.py": GOOD, "b/util.py": GOOD},
    "a module, a package and a stub": {"a.py": GOOD, "a/__init__.py": GOOD, "a.pyi": GOOD, "b.py": GOOD, "b/c.py": GOOD},
    "circular imports": {"a.py": "from b import B\n\nA = B\n", "b.py": "from a import A\n\nB = A\n"},
    "the language's own types": {
        f"{name}.py": GOOD for name in ("builtins", "abc", "_typeshed", "typing_extensions", "sys")
    },
    "a class that is its own base": {"a.py": "class A(A):\n    pass\n\n\nX: 'X' = X\n"},
}


@pytest.mark.parametrize("name", READABLE)
def test_odd_text_is_read_like_any_other(grade, name):
    report = grade({**READABLE[name], "zzz/bad.py": BAD})
    assert not {"invalid-syntax", "unreadable"} & {finding.rule for finding in report.measurements.quality.findings}
    assert rules(report, "zzz/bad.py") >= BREAKS | {"type-no-untyped-def"}


def test_nothing_of_a_submission_runs_in_the_tools(grade):
    """Python looks for modules in the folder in which it starts."""
    program = "print('{}')\nraise SystemExit(0)\n"
    names = (
        "mypy/__init__",
        "mypy/__main__",
        "json",
        "ast",
        "sitecustomize",
        "usercustomize",
        "encodings/__init__",
        "ruff/__init__",
    )
    report = grade({**{f"{name}.py": program for name in names}, "bad.py": BAD})
    assert rules(report, "bad.py") >= BREAKS | {"type-no-untyped-def"}


def test_findings_do_not_hide_behind_many_others(grade):
    """A flood of cheap findings in the first file, in a program so long that each is worth little."""
    flood = "".join(f"x_{number} = 1;\n" for number in range(30_000))
    report = grade({"a.py": flood, "bad.py": BAD})
    assert rules(report, "bad.py") >= BREAKS
    findings = [finding for finding in report.measurements.quality.findings if finding.rule == "E703"]
    assert sum(finding.times for finding in findings) == 30_000
    assert len(findings) < 500


def test_tools_that_crash_cost_and_harm_nobody_else(engine, folder):
    """Text that Python's parser takes and a tool does not, whatever that is: here one that prints without end."""
    assignment = assignment_with(folder, 'kind = "style"\nweight = 50\neach = 2\nrules = ["E", "F", "W"]')
    with Grader(assignment, engine) as grader:
        flood = "a;" * 300_000 + "\n"
        files = {"work.py": GOOD.encode(), "odd.py": flood.encode(), "bad.py": BAD.encode()}
        report = grader.grade(submission_of("it", files, assignment.settings.submission))
    assert report.status == "graded"
    assert rules(report, "odd.py") == {"unreadable"}
    assert rules(report, "bad.py") >= BREAKS
    assert line(report, "style").score == 0
    assert "odd.py can't be judged: ruff can't read this file" in line(report, "style").detail
