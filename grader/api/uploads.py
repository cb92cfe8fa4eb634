"""Bodies on their way in: who may send how much at a time, and how they are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from ..errors import InputError
from ..strict_json import parse_json
from .bodies import body_of
from .problems import Busy, TooMany

__all__ = ["Uploads", "read_body", "read_files", "read_json"]

Table = TypeVar("Table", bound=BaseModel)

SMALL = 64 * 1024
"""Bytes of a body that needs no place: it is over in a moment."""
_SHARE_OF_PLACES = 4
_RETRY_AFTER = 2
_MOST_FIELDS = 8


class Uploads:
    """What is being received in one process. Each body counts with the most that it may become.

    One sender has at most a quarter of the places, and all that one sends at a time has at most half of the bytes, so that
    nobody keeps the others out. For use in the event loop's thread alone.

    Args:
        places: Bodies at a time, small ones left out.
        size: Bytes of all bodies at a time.
    """

    def __init__(self, places: int, size: int) -> None:
        self._places, self._size = places, size
        self._taken: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()

    @contextmanager
    def place(self, sender: str, size: int) -> Iterator[None]:
        """Receive a body while the block runs.

        Raises:
            TooMany: The sender has others under way.
            Busy: Others fill the places.
        """
        wanted = int(size > SMALL)
        own_places = max(1, self._places // _SHARE_OF_PLACES)
        too_many = self._taken[sender] + wanted > own_places or self._bytes[sender] + size > self._size // 2
        if too_many and self._bytes[sender]:
            raise TooMany(_RETRY_AFTER)
        if self._taken.total() + wanted > self._places or self._bytes.total() + size > self._size:
            raise Busy("too much is being handed in just now", _RETRY_AFTER)
        self._taken[sender] += wanted
        self._bytes[sender] += size
        try:
            yield
        finally:
            self._taken[sender] -= wanted
            self._bytes[sender] -= size
            if not self._bytes[sender]:
                del self._taken[sender], self._bytes[sender]


@asynccontextmanager
async def read_files(
    request: Request, uploads: Uploads, sender: str, name: str, most: int, most_files: int
) -> AsyncIterator[Sequence[UploadFile]]:
    """The files of a form's field, on disk as soon as they are more than small.

    Args:
        request: The request, whose sender is known and may send it.
        uploads: Where it takes a place.
        sender: Whose place.
        name: The field.
        most: Bytes of the body.
        most_files: Files in it.

    Raises:
        InputError: It is no form, or has no such files.
        TooLarge, TooSlow, TooMany, Busy: It may not come.
    """
    with _place(request, uploads, sender, most):
        try:
            form = await request.form(max_files=most_files, max_fields=_MOST_FIELDS, max_part_size=SMALL)
        except HTTPException as error:
            raise InputError(f"the form can't be read: {error.detail}") from None
        try:
            files = form.getlist(name)
            if not files or not all(isinstance(file, UploadFile) for file in files):
                raise InputError(f"{name}: send files in the field {name!r} of a form (multipart/form-data)")
            yield [file for file in files if isinstance(file, UploadFile)]
        finally:
            await form.close()


@asynccontextmanager
async def read_body(request: Request, uploads: Uploads, sender: str, most: int) -> AsyncIterator[bytes]:
    """A body as it is; see ``read_files``."""
    with _place(request, uploads, sender, most):
        yield await request.body()


async def read_json(request: Request, uploads: Uploads, sender: str, model: type[Table]) -> Table:
    """A small JSON body; see ``read_files``.

    Raises:
        BadJson: It is none.
        RequestValidationError: It is not what is wanted.
    """
    async with read_body(request, uploads, sender, SMALL) as data:
        value = parse_json(data)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from None


@contextmanager
def _place(request: Request, uploads: Uploads, sender: str, most: int) -> Iterator[None]:
    body = body_of(request)
    body.limit(most)
    with uploads.place(sender, body.most if body.declared is None else body.declared):
        yield
