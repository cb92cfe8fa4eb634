"""A service that keeps its files in object storage."""

import json
import shutil

from tests.live.running import ROOT, running
from tests.live.storage import object_storage

SOLUTION = ROOT / "assignments/roman-numerals/solutions/reference/roman.py"


def test_a_service_without_a_shared_folder(tmp_path, monkeypatch):
    with object_storage() as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with running(tmp_path, blobs_url="s3://files/grader") as service:
            service.run("course", "add", "py", "--title", "Python")
            service.run("publish", "assignments/roman-numerals", "--course", "py")
            service.add_learners("py", "ada")
            service.run("start", "roman-numerals", str(tmp_path / "roman"), who="ada")
            shutil.copy(SOLUTION, tmp_path / "roman")
            view = json.loads(service.run("submit", "--json", who="ada", cwd=tmp_path / "roman"))
            assert (view["state"], view["score"]) == ("graded", 100.0)
            assert not (service.data / "blobs").exists()
            assert "nothing to delete" in service.run("prune")
            assert "the database and 2 contents" in service.run("backup", str(tmp_path / "backup.tar"))
