"""Files in object storage: the same promises as in a folder."""

import re
import socket
from datetime import UTC, datetime, timedelta
from itertools import islice

import boto3
import pytest
from botocore.exceptions import ClientError
from sqlalchemy import select

from grader.cli.serving import see_that_files_are_there
from grader.errors import InputError, Unavailable
from grader.operations.backup import back_up, restore
from grader.operations.doctor import diagnose
from grader.operations.prune import prune
from grader.service.retention import blobs_in_use
from grader.settings import Settings, load_settings
from grader.store import BlobMissing, BlobsUnavailable, FolderBlobs, open_blobs, tables
from tests.live.running import free_port
from tests.live.storage import object_storage
from workers.grading import grade_next

URL = "s3://files/of/us"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def storage():
    with object_storage() as environment:
        yield environment


@pytest.fixture
def blobs(storage, monkeypatch):
    """In place of a folder, so that ``world`` keeps its files there as well."""
    for name, value in storage.items():
        monkeypatch.setenv(name, value)
    for key in keys():
        boto3.client("s3").delete_object(Bucket="files", Key=key)
    return open_blobs(URL)


@pytest.fixture
def unreachable(blobs, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    return open_blobs(URL)


def keys():
    return [entry["Key"] for entry in boto3.client("s3").list_objects_v2(Bucket="files").get("Contents", [])]


def put(key, data):
    boto3.client("s3").put_object(Bucket="files", Key=key, Body=data)


def discard(blobs, used=(), later=HOUR, dry_run=False):
    found = blobs.discard(set(used), datetime.now(UTC) + later, dry_run)
    return found["contents set aside"], found["contents deleted"]


def test_contents_come_back_under_their_digest(blobs):
    name = blobs.put(b"abc")
    assert name == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (blobs.put(b"abc"), blobs.get(name)) == (name, b"abc")
    assert keys() == [f"of/us/ba/{name[9:]}"]


def test_damaged_missing_and_foreign_names_are_refused(blobs):
    name = blobs.put(b"abc")
    put(f"of/us/{name[7:9]}/{name[9:]}", b"abd")
    for bad, message in ((name, "damaged"), ("sha256:" + "0" * 64, "is not in"), ("../../etc/passwd", "no name")):
        with pytest.raises(BlobMissing, match=message):
            blobs.get(bad)


def test_contents_that_nothing_refers_to_go_in_two_steps_and_nothing_else_does(blobs):
    kept, orphan = blobs.put(b"kept"), blobs.put(b"orphan")
    others = {"of/us/notes.txt", f"of/us/x/{'a' * 64}", f"elsewhere/{orphan[7:9]}/{orphan[9:]}"}
    for key in others:
        put(key, b"of somebody else")
    assert discard(blobs, {kept}, later=-HOUR) == (0, 0)
    assert discard(blobs, {kept}, dry_run=True) == (1, 0)
    assert discard(blobs, {kept}) == (1, 0)
    assert discard(blobs, {kept}, later=-HOUR) == (0, 0)
    assert discard(blobs, {kept}, dry_run=True) == (0, 1)
    assert discard(blobs, {kept}) == (0, 1)
    with pytest.raises(BlobMissing):
        blobs.get(orphan)
    assert blobs.get(kept) == b"kept"
    assert set(keys()) == others | {f"of/us/{kept[7:9]}/{kept[9:]}"}


def test_two_that_discard_at_the_same_time_are_in_nobody_s_way(blobs, monkeypatch):
    for text in (b"one", b"two", b"three"):
        blobs.put(text)
    copy = blobs._client.copy_object

    def late(**given):
        monkeypatch.setattr(blobs._client, "copy_object", copy)
        assert discard(open_blobs(URL)) == (3, 0)
        return copy(**given)

    monkeypatch.setattr(blobs._client, "copy_object", late)
    assert discard(blobs)[1] == 0
    assert len(keys()) == 3


@pytest.mark.parametrize("again", ["get", "put", "refer"])
def test_what_was_set_aside_is_there_when_it_is_needed_again(blobs, again):
    name = blobs.put(b"again")
    assert discard(blobs) == (1, 0)
    if again == "get":
        assert blobs.get(name) == b"again"
    elif again == "put":
        blobs.put(b"again")
    # Somebody refers to it now, whichever way: the one that was aside comes back, or goes without harm.
    assert discard(blobs, {name}) == (0, 0)
    assert discard(blobs, {name}) == (0, 0)
    assert blobs.get(name) == b"again"


def test_files_of_a_whole_course_are_kept_there(world):
    submission = world.submit(text="x = 1\n")
    assert world.grade() == submission
    with world.database.reading() as session:
        names = blobs_in_use(session)
    assert len(names) == 3
    assert {f"sha256:{key.removeprefix('of/us/').replace('/', '')}" for key in keys()} == names
    assert prune(world.database, world.blobs, Settings(), world.now + timedelta(days=400))["contents set aside"] == 0


def test_a_storage_that_does_not_answer_is_unavailable_not_empty(blobs, unreachable):
    name = blobs.put(b"abc")
    for attempt in (
        lambda: unreachable.get(name),
        lambda: unreachable.put(b""),
        unreachable.check,
        lambda: discard(unreachable),
    ):
        with pytest.raises(BlobsUnavailable, match="does not answer"):
            attempt()


def test_credentials_that_are_missing_or_refused_are_told(blobs, monkeypatch):
    name = blobs.put(b"abc")

    def refused(**given):
        answer = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
        raise ClientError(answer, "GetObject")

    monkeypatch.setattr(blobs._client, "get_object", refused)
    with pytest.raises(BlobsUnavailable, match="refuses the credentials"):
        blobs.get(name)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    with pytest.raises(BlobsUnavailable, match="no credentials"):
        open_blobs(URL).check()


def test_a_bucket_that_is_not_there_is_told(blobs):
    nowhere = open_blobs("s3://nowhere/x")
    for attempt in (nowhere.check, lambda: nowhere.put(b"abc")):
        with pytest.raises(BlobsUnavailable, match="no such bucket"):
            attempt()


def test_a_grading_waits_while_its_files_can_t_be_read(world, unreachable):
    name = world.submit()
    context = world.worker(unreachable)
    for _ in range(7):
        assert grade_next(context, "learners")
        world.later(minutes=2)
    with world.database.reading() as session:
        (grading,) = session.scalars(select(tables.Grading)).all()
        assert (grading.state, grading.failures, grading.losses) == ("queued", 0, 0)
        assert "the object storage does not answer" in grading.error
    assert world.grade() == name


def test_a_version_whose_files_were_lost_or_damaged_is_healed_by_publishing_it_again(world):
    name = world.publish().blob
    key = f"of/us/{name[7:9]}/{name[9:]}"
    for spoil in (lambda: put(key, b""), lambda: boto3.client("s3").delete_object(Bucket="files", Key=key)):
        spoil()
        world.publish()
        assert world.blobs.get(name)


def test_programs_look_at_their_start_whether_the_files_are_there(world, blobs, monkeypatch):
    def look(url):
        see_that_files_are_there(world.database, Settings(blobs_url=url))

    world.submit()
    look(URL)
    with pytest.raises(InputError, match=re.escape("s3://files/another does not hold what")):
        look("s3://files/another")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable, match=f"files can't be kept in {URL}: the object storage does not answer"):
        look(URL)


def test_an_empty_service_needs_a_bucket_too(database, blobs):
    with pytest.raises(Unavailable, match="no such bucket"):
        see_that_files_are_there(database, Settings(blobs_url="s3://nowhere"))
    see_that_files_are_there(database, Settings(blobs_url=URL))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_has_the_files_and_goes_into_a_folder_or_a_bucket(world, tmp_path):
    submission = world.submit()
    with world.database.reading() as session:
        name = session.get_one(tables.Submission, submission).blob
    assert back_up(Settings(data=tmp_path, blobs_url=URL), tmp_path / "backup.tar", datetime.now(UTC)) == 3
    for number, url in enumerate(("", "s3://files/restored")):
        settings = Settings(data=tmp_path / str(number), blobs_url=url)
        assert restore(settings, tmp_path / "backup.tar") == 3
        assert open_blobs(settings.blobs).get(name) == world.blobs.get(name)


def test_the_doctor_looks_at_it(blobs, monkeypatch, tmp_path):
    monkeypatch.setenv("GRADER_DATA", str(tmp_path / "none"))
    for url, level, found in (
        (URL, "good", f"{URL} takes files"),
        ("s3://nowhere", "bad", "s3://nowhere: there is no such bucket"),
    ):
        monkeypatch.setenv("GRADER_BLOBS_URL", url)
        (point,) = (point for point in islice(diagnose(fix=False), 2) if point.point == "object storage")
        assert (point.level, point.found) == (level, found)


URLS = [
    "s3://",
    "http://bucket",
    "files",
    "s3://bucket?x=1",
    "s3://key:secret@bucket",
    "s3://bucket:80/a",
    "s3://b/../c",
    "s3://b//c",
    "s3://bé",
]


@pytest.mark.parametrize("url", URLS)
def test_a_place_that_is_none_is_refused(url, monkeypatch):
    monkeypatch.setenv("GRADER_BLOBS_URL", url)
    with pytest.raises(InputError, match=rf"blobs_url.*{re.escape(repr(url))} is not s3://bucket/prefix"):
        load_settings()


@pytest.mark.parametrize("url", ["s3://bucket", "s3://bucket/", "s3://my.bucket-1/grader/py_1.0/", ""])
def test_a_place_is_taken(url, monkeypatch):
    monkeypatch.setenv("GRADER_BLOBS_URL", url)
    assert load_settings().blobs_url == url


def test_a_storage_that_says_nothing_is_not_waited_for(blobs, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(BlobsUnavailable, match="does not answer"):
            open_blobs(URL).check()


def test_a_folder_stays_a_folder(tmp_path):
    assert isinstance(open_blobs(str(tmp_path / "blobs")), FolderBlobs)
