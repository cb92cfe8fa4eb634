"""Errors as problem details (RFC 9457)."""

from __future__ import annotations

import errno
import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as TooBusy
from starlette.exceptions import HTTPException

from ..errors import InputError, SubmissionRejected
from ..service.errors import Conflict, Forbidden, NotFound, Refused, Unauthorized
from ..store import BlobsUnavailable
from .access import REQUEST_ID

__all__ = ["Busy", "Problem", "TooLarge", "TooMany", "TooSlow", "add_handlers", "problem", "problem_of", "problems"]

_log = logging.getLogger(__name__)
_USED_UP = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
"""What is there again when somebody has made room."""
MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """What went wrong, in the form of RFC 9457."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Names the kind of problem: urn:grader:problem:…")
    title: str
    status: int
    detail: str = Field(description="What to tell the user.")


class TooLarge(Exception):
    """The request's body is larger than is accepted."""


class TooSlow(Exception):
    """The request's body did not arrive in time."""


class Busy(Exception):
    """There is no room just now.

    Args:
        message: Why.
        retry_after: Seconds after which to try again.
    """

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(f"{message}: try again in {retry_after} s")
        self.retry_after = retry_after


class TooMany(Exception):
    """Too many requests.

    Args:
        retry_after: Seconds after which there is room again.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many requests: try again in {retry_after} s")
        self.retry_after = retry_after


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that may answer with these statuses."""
    return {status: {"model": Problem, "description": HTTPStatus(status).phrase} for status in statuses}


def problem(status: int, kind: str, detail: str, headers: dict[str, str] | None = None, **more: object) -> JSONResponse:
    """An answer that tells of a problem."""
    body = {
        "type": f"urn:grader:problem:{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **more,
    }
    return JSONResponse(body, status, headers, MEDIA_TYPE)


def problem_of(error: TooLarge | TooSlow | TooMany | Busy) -> JSONResponse:
    """The answer to a request that may not come, or not now."""
    match error:
        case TooLarge():
            return problem(413, "too-large", str(error))
        case TooSlow():
            return problem(408, "too-slow", str(error))
        case TooMany():
            return problem(429, "too-many-requests", str(error), {"Retry-After": str(error.retry_after)})
        case Busy():
            return problem(503, "unavailable", str(error), {"Retry-After": str(error.retry_after)})


def add_handlers(app: FastAPI) -> None:
    """Let the app answer errors with problem details."""

    @app.exception_handler(Unauthorized)
    def _unauthorized(request: Request, error: Unauthorized) -> JSONResponse:
        return problem(401, "unauthorized", str(error), {"WWW-Authenticate": 'Bearer realm="grader"'})

    @app.exception_handler(Forbidden)
    def _forbidden(request: Request, error: Forbidden) -> JSONResponse:
        return problem(403, "forbidden", str(error))

    @app.exception_handler(NotFound)
    def _not_found(request: Request, error: NotFound) -> JSONResponse:
        return problem(404, "not-found", str(error))

    @app.exception_handler(Conflict)
    def _conflict(request: Request, error: Conflict) -> JSONResponse:
        return problem(409, "conflict", str(error))

    @app.exception_handler(Refused)
    def _refused(request: Request, error: Refused) -> JSONResponse:
        until = error.until.isoformat() if error.until else None
        return problem(403, error.refusal, str(error), until=until)

    @app.exception_handler(SubmissionRejected)
    def _rejected(request: Request, error: SubmissionRejected) -> JSONResponse:
        return problem(422, "rejected", str(error))

    @app.exception_handler(InputError)
    def _input(request: Request, error: InputError) -> JSONResponse:
        return problem(422, "invalid", str(error))

    @app.exception_handler(TooLarge)
    @app.exception_handler(TooSlow)
    @app.exception_handler(TooMany)
    @app.exception_handler(Busy)
    def _body(request: Request, error: TooLarge | TooSlow | TooMany | Busy) -> JSONResponse:
        return problem_of(error)

    @app.exception_handler(RequestValidationError)
    def _validation(request: Request, error: RequestValidationError) -> JSONResponse:
        found = [{"where": ".".join(map(str, one["loc"])), "what": one["msg"]} for one in error.errors()]
        detail = "; ".join(f"{one['where']}: {one['what']}" for one in found)
        return problem(422, "invalid", detail or "the request is not valid", errors=found)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        headers = dict(error.headers) if error.headers else None
        return problem(error.status_code, f"http-{error.status_code}", str(error.detail), headers)

    @app.exception_handler(OSError)
    def _machine(request: Request, error: OSError) -> JSONResponse:
        if error.errno not in _USED_UP:
            return _ours(request, error)
        _log.error("the machine has no more to give: %s", error)
        return _later()

    @app.exception_handler(Exception)
    def _ours(request: Request, error: Exception) -> JSONResponse:
        reference = request.state.request_id
        _log.error("reference %s: %s %s failed", reference, request.method, request.scope.get("route"), exc_info=error)
        detail = f"a failure of the service's own; its operators find the cause under the reference {reference}"
        return problem(500, "internal", detail, {REQUEST_ID: reference}, reference=reference)

    @app.exception_handler(BlobsUnavailable)
    def _files(request: Request, error: BlobsUnavailable) -> JSONResponse:
        _log.error("files can't be kept or read: %s", error)
        return _later()

    @app.exception_handler(OperationalError)
    def _database(request: Request, error: OperationalError) -> JSONResponse:
        _log.error("the database does not answer: %s", error.orig)
        return _later()

    @app.exception_handler(TooBusy)
    def _crowd(request: Request, error: TooBusy) -> JSONResponse:
        _log.error("the database has too much to do: %s", error)
        return _later()


def _later() -> JSONResponse:
    return problem(503, "unavailable", "the service can't work just now: try again soon", {"Retry-After": "5"})
