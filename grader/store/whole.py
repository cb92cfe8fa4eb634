"""Files that are there as a whole or not at all, also after a power failure."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

__all__ = ["put_in_place", "whole_file"]


@contextmanager
def whole_file(target: Path, prefix: str) -> Iterator[BinaryIO]:
    """A file to write, which its user alone can read, and which takes its name when the block ends well.

    Args:
        target: The name; a file that has it is replaced.
        prefix: Of the name that it has until then, in the same folder.

    Raises:
        OSError: It can't be written; it names ``target``.
    """
    try:
        number, temporary = tempfile.mkstemp(dir=target.parent, prefix=prefix)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None
    try:
        with os.fdopen(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        put_in_place(Path(temporary), target)
    except BaseException as error:
        with suppress(FileNotFoundError):  # it has its name already
            os.unlink(temporary)
        if isinstance(error, OSError) and error.errno and error.filename in (None, temporary):
            raise OSError(error.errno, error.strerror, str(target)) from None
        raise


def put_in_place(made: Path, target: Path) -> None:
    """Give a file that is written out its name for good.

    Raises:
        OSError: It can't be.
    """
    os.replace(made, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
