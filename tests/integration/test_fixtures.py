"""The fixtures ``program`` and ``submission``."""

import pytest

PROGRAM = """
    import os, sys, time
    command = sys.argv[1] if len(sys.argv) > 1 else "echo"
    if command == "echo":
        for line in sys.stdin: print(line.strip().upper())
    elif command == "copy":
        data = open(sys.argv[2]).read()
        os.makedirs("out")
        open("out/copy.txt", "w").write(data * 2)
    elif command == "fail":
        print("what went wrong", file=sys.stderr)
        sys.exit(4)
    elif command == "crash": os.abort()
    elif command == "loop":
        while True: pass
    elif command == "flood":
        while True: print("flood")
    elif command == "sleep": time.sleep(1000)
    elif command == "memory": hoard = [bytearray(10_000_000) for _ in range(100)]
    elif command == "talk":
        name = input("Name? ")
        print(f"Hello, {name}!")
        age = input("Age? ")
        print(f"{int(age) + 1} soon")
    elif command == "env": print(os.environ["GREETING"], sorted(k for k in os.environ if "GRADER" in k))
    elif command == "here": print(os.listdir("."), os.path.basename(sys.argv[0]))
"""

TESTS = """
    import pytest, re

    def test_run(program):
        result = program.run(stdin="a\\nb\\n")
        assert (result.exit_code, result.stdout, result.stderr) == (0, "A\\nB\\n", "")
        result.expect("A\\nB")

    def test_files(program):
        result = program.run("copy", "in/a.txt", files={"in/a.txt": "xy"})
        assert result.files["out/copy.txt"] == b"xyxy"
        assert result.text("out/copy.txt") == "xyxy"
        with pytest.raises(AssertionError, match="wrote no file b.txt"): result.text("b.txt")

    def test_exit_code(program):
        program.run("fail").expect(exit_code=4, stderr="what went wrong")
        with pytest.raises(AssertionError, match="exit status 4, 0 was expected\\\\nIt printed.*\\\\nwhat went wrong"):
            program.run("fail").expect("")

    def test_signal(program): assert program.run("crash").exit_code == -6

    def test_environment(program): program.run("env", env={"GREETING": "hi"}).expect("hi []")

    def test_each_run_has_a_folder_of_its_own(program):
        program.run("copy", "a", files={"a": "1"})
        program.run("here").expect("[] app.py")

    def test_talk(program):
        with program.start("talk") as session:
            session.expect("Name? ").send("Ada").expect("Hello, Ada!").expect(re.compile("A.e. ")).send("36").expect("37 soon")
            assert session.finish().exit_code == 0

    def test_talk_that_goes_wrong(program):
        session = program.start("talk")
        with pytest.raises(AssertionError) as caught:
            session.expect("Name? ").send("Ada").expect("Goodbye", timeout=0.5)
        text = str(caught.value)
        assert "expected 'Goodbye', but the program printed nothing more" in text
        assert "> Ada" in text and "Hello, Ada!" in text

    def test_who_sleeps_is(program):
        with pytest.raises(AssertionError, match="printed nothing more for 0.5 seconds"):
            program.start("sleep").expect("42", timeout=0.5)

    def test_large_input(program):
        text = "line\\n" * 100_000
        assert len(program.run(stdin=text).stdout) == len(text)

    def test_other_file(program): program.named("other.py").run().expect("other")

    def test_differs(program): program.run(stdin="a\\nb\\nc\\n").expect("A\\nX\\nC")
    def test_loop(program): program.run("loop")
    def test_sleep(program): program.run("sleep")
    def test_flood(program): program.run("flood")
    def test_memory(program): program.run("memory").expect()
    def test_still_works(program): program.run(stdin="a").expect("A")
"""


def test_programs_run_as_processes(grade):
    files = {"app.py": PROGRAM, "other.py": "print('other')\n"}
    limits = {"cpu_time": 1.0, "memory": 100 << 20, "total_time": 90.0}
    graded = grade(TESTS, files, limits=limits)
    special = {
        "test_differs": ("failed", "the output differs:"),
        "test_loop": ("timed_out", "computed for more than 1 s"),
        "test_sleep": ("timed_out", "without doing anything"),
        "test_flood": ("crashed", "printed more than"),
        "test_memory": ("out_of_memory", "more than 100 MiB"),
    }
    for name, (outcome, message) in special.items():
        assert graded.outcomes[name] == outcome, graded.tests[name]
        assert message in graded.message(name)
    assert "-X" in graded.message("test_differs")
    assert "+B" in graded.message("test_differs")
    assert {name: one.message for name, one in graded.tests.items() if name not in special and one.outcome != "passed"} == {}


def test_the_submission_s_text_and_tree_can_be_looked_at(grade):
    source = """
        import math
        from os import path
        def factorial(n):
            return 1 if n < 2 else n * factorial(n - 1)
        def loop(n):
            return [x for x in range(n)]
        class Thing:
            def method(self): return self.method()
    """
    tests = """
        import ast, pytest
        def test_recursive(submission):
            assert submission.is_recursive("factorial")
            assert submission.is_recursive("Thing.method")
            assert not submission.is_recursive("loop")
        def test_imports(submission): assert submission.imports() == {"math", "os"}
        def test_text(submission):
            assert submission.files == ["bank.py"]
            assert "factorial" in submission.text()
            assert isinstance(submission.tree("bank.py"), ast.Module)
        def test_calls(submission): assert submission.calls(submission.function("loop")) == {"range"}
        def test_absent(submission):
            with pytest.raises(AssertionError, match="does not define nothing"): submission.function("nothing")
            with pytest.raises(AssertionError, match="has no file x.py"): submission.text("x.py")
    """
    grade(tests, source).assert_all_passed()
    graded = grade("def test(submission): submission.tree()\n", source, "def broken(:\n")
    assert "is not valid Python" in graded.message("test")


def test_who_computes_is_not_silent(grade):
    source = "import time\nwhile time.process_time() < 6: pass\nprint(42)\n"
    tests = "def test(program): program.start().expect('42', timeout=2.0).finish(timeout=30)\n"
    grade(tests, {"app.py": source}, program="app.py", limits={"cpu_time": 30.0, "total_time": 120.0}).assert_all_passed()


@pytest.mark.parametrize("end", ["os._exit(3)", "raise SystemExit(1)", "raise KeyboardInterrupt", "raise ValueError"])
def test_a_fixture_that_ends_the_program_costs_the_tests_that_need_it(grade, end):
    tests = """
        import pytest
        from bank import begin, fine

        @pytest.fixture(scope="module")
        def begun(): return begin()

        def test_before(): assert fine() == 1
        def test_first(begun): assert fine() == 1
        def test_between(): assert fine() == 1
        def test_second(begun): assert fine() == 1
        def test_after(): assert fine() == 1
    """
    right = "def begin(): return 1\ndef fine(): return 1\n"
    graded = grade(tests, right, f"import os\ndef begin(): {end}\ndef fine(): return 1\n")
    assert {name for name, outcome in graded.outcomes.items() if outcome == "passed"} == {
        "test_before",
        "test_between",
        "test_after",
    }
    assert graded.message("test_second") not in ("", "AssertionError")
