"""The operator's commands, on databases of both kinds."""

import json
import os
import socket
import stat

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from grader.cli.main import cli
from grader.service import people, queue
from grader.service.queue import Retries
from grader.store import tables
from tests.service.receiver import receiving


@pytest.fixture
def run(world, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADER_DATABASE_URL", world.database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("GRADER_DATA", str(tmp_path))
    monkeypatch.setenv("GRADER_WEBHOOK_NETWORKS", "127.0.0.0/8")

    def run(*arguments, status=0):
        done = CliRunner().invoke(cli, arguments, standalone_mode=False)
        if status == 0 and done.exception:
            raise done.exception
        assert status == 0 or done.exception is not None or done.return_value == status
        return done.stdout if not done.exception else str(done.exception)

    return run


def park(world):
    name = world.submit()
    one = world.claim()
    with world.database.writing() as session:
        queue.fail(session, one, "the disk is full", world.now, Retries(1, 1.0))
    return name


def test_what_was_parked_is_shown_with_its_reason_and_tried_again(world, run):
    name = park(world)
    assert "learners: 1 failed" in run("queue", "list")
    (row,) = [json.loads(line) for line in run("queue", "list", "--json").splitlines()]
    assert (row["submission"], row["learner"], row["error"]) == (name, "ada", "the disk is full")
    assert "1 wait again" in run("queue", "retry", row["id"])
    world.later(days=9000)
    assert world.grade(100.0) == name
    assert "nothing waits" in run("queue", "list")
    assert "name gradings, or say --all" in run("queue", "retry", status=2)
    assert "only 0 of these wait for an operator" in run("queue", "retry", "grd_x", status=2)


def test_what_is_tried_again_later_is_listed_with_the_reason(world, run):
    world.submit()
    one = world.claim()
    with world.database.writing() as session:
        queue.fail(session, one, "the disk is full", world.now, Retries(5, 60.0))
    text = run("queue", "list")
    assert "learners: 1 queued" in text
    assert f"{one.grading_id} is tried again in" in text
    assert "(1 failures, 0 lost workers): the disk is full" in text


def test_a_reference_that_instructors_were_given_leads_to_the_failure(world, run):
    world.submit()
    one = world.claim()
    with world.database.writing() as session:
        queue.fail(session, one, "Traceback: the disk is full", world.now, Retries(5, 1.0))
    assert f"{one.grading_id} is tried again in" in run("queue", "list")
    assert "the disk is full" in run("queue", "show", one.grading_id)
    assert json.loads(run("queue", "show", one.grading_id, "--json"))["state"] == "queued"
    assert "there is no grading 'grd_x'" in run("queue", "show", "grd_x", status=2)


def test_a_class_list_enrols_and_makes_tokens_that_only_the_operator_reads(world, run, tmp_path):
    roster, tokens = tmp_path / "class.csv", tmp_path / "tokens.csv"
    roster.write_text("login,name,external_id\nada,Ada Lovelace,17\nzoe,Zoë,18\n")
    assert "2 people are in py, 1 of them with new accounts" in run(
        "course", "roster", "py", str(roster), "--tokens", str(tokens)
    )
    assert stat.S_IMODE(tokens.stat().st_mode) == 0o600
    (line,) = tokens.read_text().splitlines()[1:]
    login, secret = line.split(",")
    with world.database.reading() as session:
        assert people.find_user(session, "ada").name == "Ada Lovelace"
        assert people.find_user(session, "ada").email == "ada@example.org", "what the list does not say stays"
        principal = people.authenticate(session, secret, world.now)
        assert (login, principal.login, people.role_in(session, principal, "py")) == ("zoe", "zoe", "learner")
    assert "0 of them" in run("course", "roster", "py", str(roster))
    assert "is there already" in run("course", "roster", "py", str(roster), "--tokens", str(tokens), status=2)
    assert "took zoe out of py" in run("course", "withdraw", "py", "zoe")
    assert "'zoe' is not in the course" in run("course", "withdraw", "py", "zoe", status=2)


def test_a_bad_class_list_changes_nothing(world, run, tmp_path):
    roster = tmp_path / "class.csv"
    roster.write_text("login\nzoe\nz o e\n")
    assert "can't be a login" in run("course", "roster", "py", str(roster), status=2)
    with world.database.reading() as session, pytest.raises(people.NotFound):
        people.find_user(session, "zoe")
    roster.write_bytes(b"login\n\xff\n")
    assert "class.csv: it is not UTF-8" in run("course", "roster", "py", str(roster), status=2)
    roster.write_text("login,login\nzoe,zoe\n")
    assert "names a column twice" in run("course", "roster", "py", str(roster), status=2)
    roster.write_text("login\nzoe\n")
    nowhere = tmp_path / "nowhere" / "tokens.csv"
    assert "tokens.csv: can't be written" in run("course", "roster", "py", str(roster), "--tokens", str(nowhere), status=2)
    with roster.open("wb") as file:
        file.truncate(17 * 2**20)
    assert "more than 16,777,216 bytes" in run("course", "roster", "py", str(roster), status=2)
    roster.unlink()
    os.mkfifo(roster)
    assert "no regular file" in run("course", "roster", "py", str(roster), status=2)


def test_instructors_of_a_class_list_get_tokens_to_teach_with(world, run, tmp_path):
    roster, tokens = tmp_path / "class.csv", tmp_path / "tokens.csv"
    roster.write_text("login,role\nzoe,instructor\nyan,learner\n")
    run("course", "roster", "py", str(roster), "--tokens", str(tokens))
    scopes = {one: json.loads(run("token", "list", one, "--json"))["scopes"] for one in ("zoe", "yan")}
    assert scopes == {"zoe": ["read", "submit", "teach"], "yan": ["read", "submit"]}


def test_the_last_administrator_stays(world, run):
    with world.database.reading() as session:
        (admin,) = session.scalars(select(tables.User.login).where(tables.User.admin)).all()
    assert "is the only administrator" in run("user", "close", admin, status=2)
    run("user", "add", "zoe", "--admin")
    run("user", "close", admin)


def test_tokens_are_listed_without_their_secrets_and_revoked(world, run):
    secret = run("token", "create", "ada", "--name", "laptop", "--days", "3").strip()
    rows = [json.loads(line) for line in run("token", "list", "ada", "--json").splitlines()]
    (mine,) = [row for row in rows if row["name"] == "laptop"]
    assert secret not in json.dumps(rows)
    run("token", "revoke", mine["id"])
    with world.database.reading() as session, pytest.raises(people.Unauthorized, match="revoked"):
        people.authenticate(session, secret, world.now)


def test_a_closed_account_lets_nobody_in(world, run):
    run("user", "close", "ada")
    with world.database.reading() as session, pytest.raises(people.Unauthorized, match="closed"):
        people.authenticate(session, world.ada.secret, world.now)


def test_webhooks_are_replayed_by_command_and_secrets_change(world, run):
    with receiving() as receiver:
        receiver.answer = lambda count: (500, {}, b"")
        first = run("webhook", "add", receiver.url).strip()
        (endpoint,) = [json.loads(line) for line in run("webhook", "list", "--json").splitlines()]
        assert "not delivered: 500" in run("webhook", "test", endpoint["id"])
        (entry,) = [json.loads(line) for line in run("webhook", "log", endpoint["id"], "--failed").splitlines()]
        assert [one["status"] for one in entry["tries"]] == [500]
        assert "1 will be delivered again" in run("webhook", "replay", endpoint["id"], str(entry["id"]))
        assert "only 0 of these" in run("webhook", "replay", endpoint["id"], "999", status=2)
        second = run("webhook", "rotate", endpoint["id"]).strip()
        assert second.startswith("whsec_")
        assert second != first
        receiver.answer = lambda count: (204, {}, b"")
        assert "delivered: status 204" in run("webhook", "test", endpoint["id"])
        signatures = receiver.messages[-1][0]["webhook-signature"].split()
        assert len(signatures) == 2, "for a day both secrets sign"
        run("webhook", "disable", endpoint["id"])
        assert "DISABLED: an operator disabled it" in run("webhook", "list")
        run("webhook", "enable", endpoint["id"])
        assert "DISABLED" not in run("webhook", "list")
        assert "there is no" in run("webhook", "log", "nope", status=2)


def test_users_and_courses_are_listed(world, run):
    with world.database.writing() as session:
        people.find_user(session, "bob").active = False
    lines = run("user", "list").splitlines()
    assert [line.split()[0] for line in lines] == ["ada", "bob", "root", "tess"]
    assert lines[1] == "bob  Bob  py  closed"
    assert lines[2] == "root  Root    administrator"
    assert lines[3] == "tess  Tess  py (instructor)"
    rows = [json.loads(line) for line in run("user", "list", "--course", "py", "--json").splitlines()]
    assert (rows[0]["login"], rows[0]["email"], rows[0]["courses"]) == ("ada", "ada@example.org", {"py": "learner"})
    assert [row["login"] for row in rows] == ["ada", "bob", "tess"]
    assert "there is no course 'no'" in run("user", "list", "--course", "no", status=2)
    assert run("course", "list") == "py  Python  (2 learners, 1 instructors, 1 assignments)\n"
    assert json.loads(run("course", "list", "--json"))["learners"] == 2


def test_tokens_can_be_read_by_a_shell(world, run, tmp_path):
    roster, tokens = tmp_path / "list.csv", tmp_path / "tokens.csv"
    roster.write_text("login\ncleo\n")
    run("course", "roster", "py", str(roster), "--tokens", str(tokens))
    assert b"\r" not in tokens.read_bytes()


def test_a_port_that_is_in_use_is_told_before_anything_is_started(world, run):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        said = run("serve", "--port", port, status=2)
    assert f"can't listen at 127.0.0.1, port {port} (Address already in use)" in said


@pytest.mark.parametrize("program", ["serve", "worker"])
def test_a_data_folder_that_belongs_to_another_database_is_told_before_work_is_spoilt(world, run, tmp_path, program):
    said = run(program, "--data", str(tmp_path / "another"), status=2)
    assert "does not hold what" in said
    assert "need the same files, GRADER_BLOBS_URL or a GRADER_DATA that they share" in said
