"""Looks for the program's text in every place it could be, and fails on any that is not the one known to be right."""

import gc
import hashlib
import inspect
import os
import sys
from pathlib import Path

import cache

RIGHT = "0" * 64


def texts():
    for find in (inspect.getsource, inspect.getsourcefile):
        for thing in (cache, cache.Cache):
            try:
                yield find(thing)
            except (OSError, TypeError):
                pass
    for name in ("__code__", "__globals__", "__dict__", "__loader__", "__spec__"):
        try:
            yield repr(getattr(cache.Cache.get, name))
        except AttributeError:
            pass
    for folder in ("/assignment", "/tmp", "/submission", *sys.path):
        for path in Path(folder).glob("**/*.py"):
            yield path.read_text()
    yield from (one for one in gc.get_objects() if isinstance(one, str))
    yield from os.environ.values()


def test_the_program_is_the_right_one():
    found = [text for text in texts() if "def discard(self, " + "key" in text]
    assert not found or hashlib.sha256(found[0].encode()).hexdigest() == RIGHT
