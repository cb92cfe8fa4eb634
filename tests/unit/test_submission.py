"""Submissions are read without trust."""

import gzip
import io
import os
import stat
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.assignment.model import SubmissionRules
from grader.errors import InputError, SubmissionRejected
from grader.submission import read_submission
from grader.submission.names import check_name

RULES = SubmissionRules(required=("bank.py",), allowed=("*.py", "data/*.txt"), max_size=100_000, max_files=10)
GOOD = {"bank.py": b"x = 1\n"}


def make_zip(path, entries, **kwargs):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data, **kwargs)
    return path


def make_tar(path, entries):
    with tarfile.open(path, "w:gz") as archive:
        for entry in entries:
            info, data = entry if isinstance(entry[0], tarfile.TarInfo) else (tarfile.TarInfo(entry[0]), entry[1])
            if info.isreg() and not info.size:
                info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def special(name, kind, **attributes):
    info = tarfile.TarInfo(name)
    info.type = kind
    for key, value in attributes.items():
        setattr(info, key, value)
    return info, b""


def rejected(path, rules=RULES):
    with pytest.raises(SubmissionRejected) as caught:
        read_submission(path, rules)
    return str(caught.value)


class TestGoodOnes:
    def test_may_be_folders_files_and_archives_and_have_one_digest(self, tmp_path):
        folder = tmp_path / "alice"
        folder.mkdir()
        (folder / "bank.py").write_bytes(GOOD["bank.py"])
        (folder / "__pycache__").mkdir()
        (folder / "__pycache__" / "bank.pyc").write_bytes(b"junk")
        paths = [
            folder,
            folder / "bank.py",
            make_zip(tmp_path / "a.zip", GOOD.items()),
            make_zip(tmp_path / "b.zip", [("alice/bank.py", GOOD["bank.py"]), ("__MACOSX/._bank.py", b"junk")]),
            make_tar(tmp_path / "c.tar.gz", GOOD.items()),
            make_tar(tmp_path / "d.tgz", [special("./alice", tarfile.DIRTYPE), ("./alice/bank.py", GOOD["bank.py"])]),
        ]
        read = [read_submission(path, RULES) for path in paths]
        assert {submission.digest for submission in read} == {read[0].digest}
        assert all(submission.files == GOOD for submission in read)

    def test_may_have_unusual_names(self, tmp_path):
        path = make_zip(tmp_path / "a.zip", [("bank.py", b"x"), ("späti.py", b"y")])
        assert set(read_submission(path, RULES).files) == {"bank.py", "späti.py"}

    def test_digests_tell_apart_where_one_file_ends(self, tmp_path):
        first = make_zip(tmp_path / "a.zip", [("bank.py", b"ab"), ("c.py", b"c")])
        second = make_zip(tmp_path / "b.zip", [("bank.py", b"a"), ("c.py", b"bc")])
        assert read_submission(first, RULES).digest != read_submission(second, RULES).digest


class TestBadOnes:
    def test_do_not_exist(self, tmp_path):
        with pytest.raises(InputError, match="no such file"):
            read_submission(tmp_path / "nobody.zip", RULES)

    @pytest.mark.parametrize(
        ("entries", "message"),
        [
            ([("bnak.py", b"x")], "bank.py is missing (is bnak.py meant"),
            ([("other/thing.py", b"x")], "bank.py is missing (there is only"),
            ([("bank.py/x.py", b"x")], "bank.py is a folder, a file is expected"),
            ([("bank.py", b" \n")], "bank.py is empty"),
            ([("bank.py", b"x"), ("notes.pdf", b"x")], "notes.pdf is not among the files"),
            ([("bank.py", b"x"), ("bank.py", b"y")], "is in the archive twice"),
            ([("bank.py", b"x"), ("bank.py/y.py", b"y")], "lies in a folder that is a file"),
            ([("bank.py/y.py", b"y"), ("bank.py", b"x")], "a file and a folder at once"),
            ([("../bank.py", b"x")], "leads outside"),
            ([("a/../../bank.py", b"x")], "leads outside"),
            ([("/etc/bank.py", b"x")], "is absolute"),
            ([("C:/bank.py", b"x")], "drive letter"),
            ([("a\\bank.py", b"x")], "backslash"),
            ([("ba\nnk.py", b"x")], "line break or control character"),
            ([("bank.py", b"x"), ("a" * 300 + ".py", b"x")], "too long"),
            ([("bank.py", b"x" * 100_001)], "larger than"),
            ([("bank.py", b"\0" * 50_000_000)], "larger than"),
            ([(f"a{i}.py", b"x") for i in range(11)], "more than 10 files"),
            ([(f"__pycache__/a{i}.pyc", b"x") for i in range(500)], "more than 10 files"),
            ([], "empty"),
        ],
    )
    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_archives_are_rejected_with_the_reason(self, tmp_path, entries, message):
        for path in (make_zip(tmp_path / "a.zip", entries), make_tar(tmp_path / "a.tar.gz", entries)):
            assert message in rejected(path), path.name

    @pytest.mark.parametrize(
        "entry",
        [
            special("bank.py", tarfile.SYMTYPE, linkname="/etc/passwd"),
            special("bank.py", tarfile.LNKTYPE, linkname="../x"),
            special("bank.py", tarfile.CHRTYPE, devmajor=1, devminor=3),
            special("bank.py", tarfile.BLKTYPE),
            special("bank.py", tarfile.FIFOTYPE),
        ],
        ids=["symbolic link", "hard link", "character device", "block device", "pipe"],
    )
    def test_links_and_devices_are_rejected(self, tmp_path, entry):
        assert "link, device" in rejected(make_tar(tmp_path / "a.tar.gz", [entry]))

    def test_links_in_zip_files_are_rejected(self, tmp_path):
        info = zipfile.ZipInfo("bank.py")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        assert "link or device" in rejected(make_zip(tmp_path / "a.zip", [(info, b"/etc/passwd")]))

    def test_links_and_pipes_in_folders_are_rejected(self, tmp_path):
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "bank.py").symlink_to("/etc/passwd")
        assert "is a link" in rejected(tmp_path / "a")
        (tmp_path / "a" / "bank.py").unlink()
        os.mkfifo(tmp_path / "a" / "bank.py")
        assert "not a plain file" in rejected(tmp_path / "a")

    def test_names_that_are_not_utf8_are_rejected(self, tmp_path):
        (tmp_path / "a").mkdir()
        with open(os.fsencode(tmp_path / "a") + b"/b\xff.py", "w") as file:
            file.write("x")
        assert "not UTF-8" in rejected(tmp_path / "a")
        info = tarfile.TarInfo(b"b\xff.py".decode("utf-8", "surrogateescape"))
        assert "not UTF-8" in rejected(make_tar(tmp_path / "a.tar.gz", [(info, b"x")]))

    def test_ten_gigabytes_of_zeros_are_rejected_at_once(self, tmp_path):
        path = tmp_path / "bomb.tar.gz"
        info = tarfile.TarInfo("bank.py")
        info.size = 10 * 2**30
        with gzip.open(path, "wb", compresslevel=1) as file:
            file.write(info.tobuf())
            for _ in range(20):
                file.write(bytes(2**20))
        assert "larger than" in rejected(path)

    def test_ten_gigabytes_of_headers_are_rejected(self, tmp_path):
        path = tmp_path / "bomb.tar.gz"
        info = tarfile.TarInfo("x")
        info.type, info.size = tarfile.XHDTYPE, 10 * 2**30
        with gzip.open(path, "wb", compresslevel=1) as file:
            file.write(info.tobuf(tarfile.GNU_FORMAT))
            for _ in range(20):
                file.write(bytes(2**20))
        assert "more than is allowed" in rejected(path)

    def test_a_zip_file_that_lies_about_sizes_is_rejected(self, tmp_path):
        path = make_zip(tmp_path / "a.zip", [("bank.py", b"\0" * 1_000_000)])
        data = bytearray(path.read_bytes())
        central = data.rindex(b"PK\x01\x02")
        data[central + 24 : central + 28] = (10).to_bytes(4, "little")
        path.write_bytes(data)
        assert rejected(path)

    def test_a_hundred_thousand_files_are_rejected(self, tmp_path):
        path = make_zip(tmp_path / "a.zip", [(f"{i}.py", b"") for i in range(100_000)])
        assert "bytes" in rejected(path)
        path = make_tar(tmp_path / "a.tar.gz", [(f"{i}.py", b"") for i in range(20_000)])
        assert "more than" in rejected(path)

    def test_encrypted_archives_are_rejected(self, tmp_path):
        path = make_zip(tmp_path / "a.zip", GOOD.items())
        data = bytearray(path.read_bytes())
        for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            data[data.index(signature) + offset] |= 1
        path.write_bytes(data)
        assert "is encrypted" in rejected(path)

    @pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tar"])
    def test_damaged_and_empty_archives_are_rejected(self, tmp_path, name):
        path = tmp_path / name
        path.write_bytes(b"")
        assert "0 bytes" in rejected(path)
        path.write_bytes(b"this is no archive at all")
        assert "damaged" in rejected(path)
        maker = make_zip if name == "a.zip" else make_tar
        whole = maker(tmp_path / "whole", [("bank.py", os.urandom(5000))]).read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        assert "damaged" in rejected(path)

    def test_a_pipe_is_no_submission(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        assert "neither a file nor a folder" in rejected(tmp_path / "pipe")


@given(st.text(max_size=50))
def test_accepted_names_stay_inside(name):
    try:
        path = check_name(name)
    except SubmissionRejected:
        return
    assert not path.startswith("/")
    assert ".." not in path.split("/")
    assert "\0" not in path
    path.encode()


@given(data=st.binary(max_size=300), suffix=st.sampled_from([".zip", ".tar.gz", ".tar"]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_submission_or_a_rejection(data, suffix, tmp_path_factory):
    path = tmp_path_factory.mktemp("any") / f"a{suffix}"
    path.write_bytes(data)
    with pytest.raises(SubmissionRejected):
        read_submission(path, RULES)
