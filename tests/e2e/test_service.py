"""The whole service as its users meet it: `grader up`, and the learner's commands."""

import json
import os
import shutil
import signal
import subprocess
import time

import psutil
import pytest
from standardwebhooks import Webhook

from tests.live.running import PROGRAM, ROOT, as_json, running

SOLUTIONS = ROOT / "assignments" / "roman-numerals" / "solutions"


@pytest.fixture
def work(service, tmp_path):
    """A folder that Ada started to work in."""
    folder = tmp_path / "roman"
    service.run("start", "roman-numerals", str(folder), who="ada")
    return folder


def solve(folder, name="reference"):
    shutil.copy(SOLUTIONS / name / "roman.py", folder)


def test_a_learner_starts_tests_submits_and_reads_the_result(service, work):
    assert "py/roman-numerals" in service.run("assignments", who="ada")
    assert sorted(path.name for path in work.iterdir()) == [".grader", "README.md", "roman.py", "tests"]
    assert "failed" in service.run("test", "-q", who="ada", cwd=work, status=1)
    solve(work)
    assert "passed" in service.run("test", "-q", who="ada", cwd=work)
    shown = service.run("submit", who="ada", cwd=work)
    assert "received sub_" in shown
    assert "100 of 100" in shown
    assert "this attempt counts" in shown
    assert "graded: 100 of 100, counts" in service.run("status", who="ada", cwd=work)
    assert "what counts: 100 of 100" in service.run("results", who="ada", cwd=work)


def test_the_page_of_a_submission_and_competencies_across_the_course(service, work, tmp_path):
    solve(work)
    view = json.loads(service.run("submit", "--json", who="ada", cwd=work))
    page = tmp_path / "page.html"
    service.run("results", view["id"], "--html", str(page), who="ada")
    assert "Roman numerals" in page.read_text()
    table = service.run("results", "--competencies", "py", who="ada")
    assert "Rejects wrong input" in table
    assert "mastered" in table
    (first, *_rest) = as_json(service.run("results", "--competencies", "py", "--json", who="ada"))
    assert first["assignments"] == {"roman-numerals": first["score"]}
    assert "name it" in service.run("results", "--html", str(page), who="ada", cwd=work, status=2)


def test_a_learner_hands_in_tests(service, tmp_path):
    service.run("publish", "assignments/lru-cache", "--course", "py")
    folder = tmp_path / "cache"
    service.run("start", "lru-cache", str(folder), who="ada")
    assert sorted(path.name for path in folder.iterdir()) == [".grader", "README.md", "cache.py", "test_cache.py"]
    assert "failed" in service.run("test", "-q", who="ada", cwd=folder, status=1)
    shutil.copy(ROOT / "assignments/lru-cache/program/cache.py", folder)
    assert "1 passed" in service.run("test", "-q", who="ada", cwd=folder)
    shutil.copy(ROOT / "assignments/lru-cache/solutions/one-wrong-test/test_cache.py", folder)
    shown = service.run("submit", who="ada", cwd=folder)
    # The cache is the learner's own business.
    assert "test_cache.py (" in shown
    assert "cache.py, " not in shown
    assert "10 of 12 faulty programs caught, times 13 of 14 tests that are right" in shown
    assert "hint: What must 'key in cache' not change?" in shown
    assert "no test fails on it" not in shown


def test_only_what_the_assignment_asks_for_is_sent(service, work):
    solve(work)
    (work / "notes.txt").write_text("private")
    view = json.loads(service.run("submit", "--json", who="ada", cwd=work))
    with service.client("ada") as client:
        files = client.get(f"/submissions/{view['id']}/files")
    assert b"notes.txt" not in files
    assert b"test_" not in files


def test_live_progress_tells_each_test(service, work):
    solve(work, "no-subtraction")
    with service.client("bob") as client:
        sent = client.post(
            "/courses/py/assignments/roman-numerals/submissions",
            "live-1",
            files={"files": ("roman.py", (work / "roman.py").read_bytes())},
        )
        events = list(client.events(sent["id"]))
        again = client.post(
            "/courses/py/assignments/roman-numerals/submissions",
            "live-1",
            files={"files": ("roman.py", (work / "roman.py").read_bytes())},
        )
    assert again["id"] == sent["id"]
    kinds = [kind for kind, _data in events]
    assert kinds[-1] == "graded"
    tests = [data for kind, data in events if kind == "test"]
    assert len({data["test"]["id"] for data in tests}) == 27
    assert tests[-1]["finished"] == tests[-1]["total"] == 27
    assert 0 < events[-1][1]["score"] < 100


def test_no_wait_then_status(service, work):
    solve(work)
    text = service.run("submit", "--no-wait", who="ada", cwd=work)
    name = text.split()[1].rstrip(":")
    for _ in range(100):
        if "graded: " in service.run("status", name, who="ada"):
            break
        time.sleep(0.2)
    assert "graded: 100" in service.run("status", name, who="ada")


def test_webhooks_arrive_signed(service, work):
    solve(work)
    view = json.loads(service.run("submit", "--json", who="ada", cwd=work))
    for _ in range(100):
        read = [Webhook(service.secret).verify(body, headers) for headers, body in list(service.receiver.messages)]
        if any(one["data"].get("submission", {}).get("id") == view["id"] for one in read):
            break
        time.sleep(0.1)
    else:
        raise AssertionError(f"no webhook told of {view['id']}: {service.logs()}")
    (endpoint,) = as_json(service.run("webhook", "list", "--json"))
    assert "delivered: status 204" in service.run("webhook", "test", endpoint["id"])
    assert as_json(service.run("webhook", "log", endpoint["id"]))[0]["state"] == "delivered"


def test_an_lms_hands_in(service):
    secret = service.run("lms", "add", "moodle", "--course", "py").strip()
    source = service.run("lms", "list").split()[0]
    from datetime import UTC, datetime

    import httpx2

    files = {"roman.py": (SOLUTIONS / "reference" / "roman.py").read_text()}
    data = {"assignment": "roman-numerals", "learner": {"login": "lms-7", "name": "Grace"}, "files": files}
    body = json.dumps({"type": "submission.created", "data": data})
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "m1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("m1", now, body),
    }
    assert httpx2.post(f"{service.url}/lms/{source}", content=body, headers=headers).status_code == 202
    service.wait_until_graded(60)
    assert "Grace" in service.run("gradebook", "py")


def test_gradebook_and_regrade(service, work):
    solve(work)
    service.run("submit", who="ada", cwd=work)
    assert "wait to be graded again" in service.run("regrade", "roman-numerals", "--learner", "ada")
    service.wait_until_graded(60)
    table = service.run("gradebook", "py", "--format", "canvas")
    assert table.splitlines()[0].startswith("Student,ID,SIS User ID,SIS Login ID,Section,")
    assert "100.00" in table


def test_refusals_are_explained(service, work, tmp_path):
    (work / "roman.py").unlink()
    assert "roman.py" in service.run("submit", who="ada", cwd=work, status=2)
    assert "which assignment?" in service.run("submit", who="ada", cwd=tmp_path, status=2)
    assert "there is no assignment 'nope'" in service.run("start", "nope", who="ada", cwd=tmp_path, status=2)
    assert "not empty" in service.run("start", "roman-numerals", str(work), who="ada", status=2)
    service.tokens["mal"] = "grader_" + "a" * 16 + "_" + "b" * 43
    assert "the token is not known here" in service.run("assignments", who="mal", status=2)
    assert "scope 'teach'" in service.run("publish", "assignments/roman-numerals", "-c", "py", who="ada", status=2)


def test_offline_is_told_as_such(service, work, monkeypatch):
    monkeypatch.setattr(service, "url", "http://127.0.0.1:9")
    assert "can't be reached" in service.run("assignments", who="ada", status=3)


def test_two_services_do_not_share_a_folder(service):
    done = subprocess.run([*PROGRAM, "up"], env=service.environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "another 'grader up' uses" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_it_stops_however_it_stops(tmp_path, number):
    with running(tmp_path) as service:
        service.run("course", "add", "py")
        service.run("publish", "assignments/roman-numerals", "-c", "py")
        service.add_learners("py", "ada")
        service.run("submit", "-a", "roman-numerals", str(SOLUTIONS / "reference"), who="ada")
        children = psutil.Process(service.process.pid).children(recursive=True)
        assert service.containers()
        status = service.stop(number)
        assert status == (0 if number == signal.SIGTERM else -signal.SIGKILL)
        _gone, alive = psutil.wait_procs(children, timeout=60)
        assert alive == []
    for _ in range(50):
        if not service.containers():
            break
        time.sleep(0.2)
    assert not service.containers()


def test_settings_are_validated_before_anything_starts(tmp_path):
    for name, value, message in (("GRADER_PORT", "http", "setting port"), ("GRADER_PROT", "1", "is GRADER_PORT meant?")):
        environment = {**os.environ, "GRADER_DATA": str(tmp_path), name: value}
        done = subprocess.run([*PROGRAM, "up"], env=environment, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, message in done.stderr) == (2, True)
