"""What becomes of a command whose output can't be written."""

import subprocess
import sys

import pytest

GRADER = [sys.executable, "-m", "grader"]


def run(arguments, redirection):
    return subprocess.run(
        ["bash", "-c", f'set -o pipefail; "$@" {redirection}', "bash", *GRADER, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("arguments", [["schema", "report"], ["--help"], ["completion", "bash"]])
@pytest.mark.parametrize(
    ("redirection", "status", "told"),
    [
        ("| true", 141, ""),
        (">/dev/full", 3, "error: the output can't be written: No space left on device\n"),
        (">/dev/full 2>&1", 3, ""),
        (">&-", 0, ""),
        (">&- 2>&-", 0, ""),
    ],
)
def test_output_that_nobody_gets_is_told_by_the_exit_status(arguments, redirection, status, told):
    done = run(arguments, redirection)
    assert (done.returncode, done.stderr) == (status, told)
