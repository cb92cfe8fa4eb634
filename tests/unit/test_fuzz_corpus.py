"""What the fuzzers were given and what they found, tried again without a fuzzer."""

import importlib

import pytest

from ..fuzz.seeds import CORPUS, seeds

FILES = sorted(path for path in CORPUS.glob("*/*"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_readers_of_hostile_bytes_take_or_reject_each_of_the_corpus(path):
    importlib.import_module(f"tests.fuzz.{path.parent.name}").check(path.read_bytes())


def test_the_hand_made_corpus_is_that_of_today_s_formats():
    for target, files in seeds().items():
        for name, data in files.items():
            assert (CORPUS / target / name).read_bytes() == data, f"run 'python -m tests.fuzz.seeds' ({target}/{name})"
