import pytest

JUNE = "food,12.50\ntravel,99.00\nfood,3.05\n"
JULY = "rent,800.00\n\nfood,20.45\n"


def test_reads_standard_input(program):
    program.run(stdin=JUNE).expect("food: 15.55\ntravel: 99.00\ntotal: 114.55")


def test_reads_files(program):
    result = program.run("june.csv", "july.csv", files={"june.csv": JUNE, "july.csv": JULY})
    result.expect("food: 36.00\nrent: 800.00\ntravel: 99.00\ntotal: 935.00")


def test_reads_nothing(program):
    program.run(stdin="").expect("total: 0.00")


@pytest.mark.hint("Binary floating point can't hold a tenth: decimal.Decimal, or whole cents, can.")
def test_cents_are_exact(program):
    program.run(stdin="a,0.10\n" * 10 + "b,1000000000000000.01\n").expect(
        "a: 1.00\nb: 1000000000000000.01\ntotal: 1000000000000001.01"
    )


def test_writes_a_file(program):
    result = program.run("--output", "report.txt", stdin=JUNE)
    result.expect("")
    assert result.text("report.txt") == "food: 15.55\ntravel: 99.00\ntotal: 114.55\n"


@pytest.mark.points(2)
def test_asks_for_a_budget(program, score):
    with program.start("--budget", "june.csv", files={"june.csv": JUNE}) as session:
        session.expect("Budget: ").send("120.00").expect("total: 114.55")
        score.award(0.5, "asks, and reports")
        session.expect("left: 5.45").finish(exit_code=0)
    score.award(1)


def test_asks_for_a_budget_that_is_too_small(program):
    with program.start("--budget", "june.csv", files={"june.csv": JUNE}) as session:
        session.expect("Budget: ").send("100.00").expect("over: 14.55").finish(exit_code=0)


@pytest.mark.points(2)
@pytest.mark.parametrize("line", ["food", "food,twelve", "food,1.50,travel"])
def test_complains_about_a_wrong_line(program, line):
    result = program.run(stdin=f"food,1.00\n{line}\n")
    result.expect("", exit_code=1)
    assert "2" in result.stderr


@pytest.mark.hint("sorted() takes a key; of equal sums, the alphabet decides.")
def test_extra_largest_first(program):
    program.run("--largest-first", stdin=JUNE + "rent,15.55\n").expect("travel: 99.00\nfood: 15.55\nrent: 15.55\ntotal: 130.10")


@pytest.mark.points(2)
def test_complains_about_a_missing_file(program):
    result = program.run("august.csv")
    result.expect("", exit_code=2)
    assert "august.csv" in result.stderr
