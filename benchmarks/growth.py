"""How well classes of growth are told apart: four tasks, solutions of four classes, many gradings of each.

``python benchmarks/growth.py ROUNDS [TASK…]`` prints a line for each task and class: how often which verdict was given.
Wrong is a verdict that names another class.
"""

from __future__ import annotations

import sys
import tempfile
import textwrap
from collections import Counter
from pathlib import Path

from grader.assignment import load_assignment
from grader.grading import Grader
from grader.scoring.criteria.growth import verdict_on
from grader.submission import submission_of
from sandboxes.engine import Engine

WIDE = [2000, 4000, 8000, 16000, 32000, 64000]
MIDDLE = [250, 500, 1000, 2000, 4000]
SMALL = [8, 10, 12, 14, 16, 18]

TASKS: dict[str, tuple[str, dict[str, str]]] = {
    "sorting": (
        """
        @pytest.mark.scaling(sizes=SIZES, at_most="2^n", reference="n")
        def test_growth(size):
            items = random.Random(size).choices(range(1000), k=size)
            assert solve(items) == sorted(items)
        """,
        {
            "n": """
                def solve(items):
                    counts = [0] * 1000
                    for item in items:
                        counts[item] += 1
                    return [value for value in range(1000) for _ in range(counts[value])]
                """,
            "n log n": """
                def solve(items):
                    if len(items) < 2:
                        return items
                    left, right = solve(items[: len(items) // 2]), solve(items[len(items) // 2 :])
                    merged, i, j = [], 0, 0
                    while i < len(left) and j < len(right):
                        if left[i] <= right[j]:
                            merged.append(left[i])
                            i += 1
                        else:
                            merged.append(right[j])
                            j += 1
                    return merged + left[i:] + right[j:]
                """,
            "n^2": """
                def solve(items):
                    done = []
                    for item in items:
                        place = len(done)
                        while place and done[place - 1] > item:
                            place -= 1
                        done.insert(place, item)
                    return done
                """,
            "2^n": """
                def smallest(items):
                    return items[0] if len(items) == 1 else min(smallest(items[1:]), smallest(items[:-1]))

                def solve(items):
                    items, done = list(items), []
                    while items:
                        done.append(smallest(items))
                        items.remove(done[-1])
                    return done
                """,
        },
    ),
    "search": (
        """
        @pytest.mark.scaling(sizes=SIZES, at_most="2^n", reference="n")
        def test_growth(size):
            items = random.Random(size).sample(range(0, 20 * size, 2), size)
            assert solve(items, 1) is False
        """,
        {
            "n": """
                def solve(items, wanted):
                    seen = set()
                    for item in items:
                        if wanted - item in seen:
                            return True
                        seen.add(item)
                    return False
                """,
            "n log n": """
                def find(items, wanted):
                    low, high = 0, len(items)
                    while low < high:
                        middle = (low + high) // 2
                        if items[middle] < wanted:
                            low = middle + 1
                        else:
                            high = middle
                    return low < len(items) and items[low] == wanted

                def solve(items, wanted):
                    items = sorted(items)
                    return any(find(items, wanted + item) for item in items)
                """,
            "n^2": """
                def solve(items, wanted):
                    for i in range(len(items)):
                        for j in range(i):
                            if items[i] + items[j] == wanted:
                                return True
                    return False
                """,
            "2^n": """
                def subsets(items, at, taken, total, wanted):
                    if at == len(items):
                        return taken == 2 and total == wanted
                    return subsets(items, at + 1, taken + 1, total + items[at], wanted) or subsets(
                        items, at + 1, taken, total, wanted
                    )

                def solve(items, wanted):
                    return subsets(items, 0, 0, 0, wanted)
                """,
        },
    ),
    "graph": (
        """
        @pytest.mark.scaling(sizes=SIZES, at_most="2^n", reference="n")
        def test_growth(size):
            # Each node has one successor, the last one itself: how far is it from the first?
            assert solve([*range(1, size), size - 1]) == size - 1
        """,
        {
            "n": """
                def solve(after):
                    node = steps = 0
                    while after[node] != node:
                        node = after[node]
                        steps += 1
                    return steps
                """,
            "n log n": """
                def solve(after):
                    # Jumps of 1, 2, 4, … steps, for all nodes at once.
                    jumps = [after]
                    while 2 ** len(jumps) < len(after):
                        last = jumps[-1]
                        jumps.append([last[node] for node in last])
                    node = steps = 0
                    for power in range(len(jumps) - 1, -1, -1):
                        if after[jumps[power][node]] != jumps[power][node]:
                            steps += 2**power
                            node = jumps[power][node]
                    return steps + (after[node] != node)
                """,
            "n^2": """
                def walk(after, node):
                    steps = 0
                    while after[node] != node:
                        node = after[node]
                        steps += 1
                    return steps

                def solve(after):
                    return max(walk(after, node) for node in range(len(after)))
                """,
            "2^n": """
                def walk(after, node):
                    # By twos and by ones, whichever is longer.
                    if after[node] == node:
                        return 0
                    return max(1 + walk(after, after[node]), 1 + walk(after, after[node]))

                def solve(after):
                    return walk(after, 0)
                """,
        },
    ),
    "strings": (
        """
        @pytest.mark.scaling(sizes=SIZES, at_most="2^n", reference="n")
        def test_growth(size):
            text = "".join(random.Random(size).choices("ab", k=size))
            changes = sum(here != there for here, there in zip(text, text[1:]))
            # One call is too quick to be measured well.
            assert [solve(text) for _ in range(4)] == 4 * [changes]
        """,
        {
            "n": """
                def solve(text):
                    changes = 0
                    for place in range(1, len(text)):
                        changes += text[place] != text[place - 1]
                    return changes
                """,
            "n log n": """
                def solve(text):
                    if len(text) < 2:
                        return 0
                    middle = len(text) // 2
                    total = 0
                    for letter in text:
                        total += letter == "c"
                    return total + solve(text[:middle]) + solve(text[middle:]) + (text[middle - 1] != text[middle])
                """,
            "n^2": """
                def solve(text):
                    changes = 0
                    for place in range(1, len(text)):
                        before = ""
                        for letter in text[:place]:
                            before = letter
                        changes += text[place] != before
                    return changes
                """,
            "2^n": """
                def solve(text):
                    if len(text) < 2:
                        return 0
                    if len(text) == 2:
                        return int(text[0] != text[1])
                    return solve(text[1:]) + solve(text[:-1]) - solve_middle(text[1:-1])

                def solve_middle(text):
                    return sum(here != there for here, there in zip(text, text[1:]))
                """,
        },
    ),
}


def make(folder: Path, task: str, sizes: list[int]) -> Path:
    """The assignment of a task, at some sizes."""
    test, solutions = TASKS[task]
    root = folder / f"{task}-{sizes[-1]}"
    settings = f'id = "{task}"\ntitle = "{task}"\n[submission]\nrequired = ["work.py"]\n[limits]\ncpu_time = 60.0\n'
    settings += 'total_time = 600.0\n[[criterion]]\nkind = "growth"\nweight = 1\n'
    files = {
        "assignment.toml": settings,
        "tests/hidden/test_work.py": f"import random\nimport pytest\nfrom work import solve\nSIZES = {sizes}\n"
        + textwrap.dedent(test),
        "solutions/reference/work.py": textwrap.dedent(solutions["n"]),
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def main(rounds: int, tasks: list[str]) -> int:
    """Run these tasks; returns how often the class was wrong."""
    wrong = 0
    engine = Engine()
    with tempfile.TemporaryDirectory() as folder:
        for task in tasks:
            _test, solutions = TASKS[task]
            for sizes, names in ((WIDE, ["n", "n log n"]), (MIDDLE, ["n^2"]), (SMALL, ["2^n"])):
                assignment = load_assignment(make(Path(folder), task, sizes))
                with Grader(assignment, engine) as grader:
                    for name in names:
                        files = {"work.py": textwrap.dedent(solutions[name]).encode()}
                        submission = submission_of(name, files, assignment.settings.submission)
                        verdicts: Counter[str] = Counter()
                        for _ in range(rounds):
                            (growth,) = grader.grade(submission).measurements.growth
                            verdict = verdict_on(growth)
                            verdicts[str(verdict) if verdict.found else "can't tell"] += 1
                            wrong += verdict.found not in (name, None)
                        print(f"{task:10} {name:8} {dict(verdicts)}", flush=True)
    print(f"{wrong} wrong")
    return wrong


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, sys.argv[2:] or list(TASKS)) else 0)
