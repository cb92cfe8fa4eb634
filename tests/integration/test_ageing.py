"""Images that nobody used for long are removed, and no others."""

import io
import secrets
import tarfile
from datetime import UTC, datetime, timedelta

import pytest

from sandboxes.images import ageing
from sandboxes.images.ageing import mark_used, prune_images
from sandboxes.images.base import image_details

SOON = timedelta(minutes=1)


@pytest.fixture
def image(engine, monkeypatch):
    """An image that is marked as those of this test alone."""
    monkeypatch.setattr(ageing, "IMAGE", f"grader.test.{secrets.token_hex(8)}")
    archive = io.BytesIO()
    tarfile.open(fileobj=archive, mode="w").close()
    name = f"grader/test-ageing:{secrets.token_hex(8)}"
    repository, tag = name.split(":")
    engine.api.import_image_from_data(archive.getvalue(), repository, tag, changes=[f"LABEL {ageing.IMAGE}=1"])
    yield name
    if image_details(engine, name):
        engine.api.remove_image(name)


def now():
    return datetime.now(UTC)


def test_an_image_goes_when_nobody_used_it_for_long(engine, image):
    assert prune_images(engine, now() - SOON) == []
    assert prune_images(engine, now() + SOON, dry_run=True) == [image]
    assert prune_images(engine, now() + SOON) == [image]
    assert image_details(engine, image) is None
    assert prune_images(engine, now() + SOON) == []


def test_a_use_is_noted_once_a_day(engine, image, monkeypatch):
    before = image_details(engine, image)
    mark_used(engine, image, before)
    assert image_details(engine, image)["Metadata"] == before["Metadata"]
    monkeypatch.setattr(ageing, "_FRESH", timedelta(0))
    between = now()
    mark_used(engine, image, before)
    after = image_details(engine, image)
    assert after["Id"] == before["Id"]
    assert prune_images(engine, between) == []
    assert image_details(engine, image)


def test_an_image_of_which_there_is_a_container_stays(engine, image):
    container = engine.api.create_container(image, command=["none"])["Id"]
    try:
        assert prune_images(engine, now() + SOON) == []
        assert image_details(engine, image)
    finally:
        engine.api.remove_container(container)
    assert prune_images(engine, now() + SOON) == [image]
