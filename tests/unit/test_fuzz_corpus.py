"""What the fuzzers were given and what they found, tried again without a fuzzer."""

import importlib

import pytest

from sandboxes.guest.wire.frames import pack

from ..fuzz.building import Builder
from ..fuzz.seeds import CORPUS, seeds

FILES = sorted(path for path in CORPUS.glob("*/*"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_readers_of_hostile_bytes_take_or_reject_each_of_the_corpus(path):
    importlib.import_module(f"tests.fuzz.{path.parent.name}").check(path.read_bytes())


def test_the_hand_made_corpus_is_that_of_today_s_formats():
    for target, files in seeds().items():
        for name, data in files.items():
            assert (CORPUS / target / name).read_bytes() == data, f"run 'python -m tests.fuzz.seeds' ({target}/{name})"


def test_whatever_the_orders_of_the_fuzzer_they_make_a_message():
    for order in (255, 159, 240):
        assert pack(Builder(bytes([order]) * 50_000).values())
