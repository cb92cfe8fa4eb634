"""Who asks: bearer tokens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from ..service import people
from ..service.errors import Unauthorized
from ..service.people import Principal, Scope
from .service import Here

__all__ = ["Learner", "Operator", "Reader", "Teacher"]

_log = logging.getLogger(__name__)
_bearer = HTTPBearer(auto_error=False, scheme_name="token", description="A token from 'grader token create'.")


def _authenticated(
    request: Request, here: Here, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    address = request.client.host if request.client else "unknown"
    here.rates.test(here.rates.refused, "refused", address)
    try:
        if given is None:
            raise Unauthorized("a bearer token is needed: log in with 'grader login'")
        with here.database.reading() as session:
            principal = people.authenticate(session, given.credentials, here.now())
    except Unauthorized as error:
        here.rates.hit(here.rates.refused, "refused", address)
        _log.warning("refused %s %s from %s: %s", request.method, request.url.path, address, error)
        raise
    request.state.login = principal.login
    here.rates.hit(here.rates.requests, "requests", principal.token_id)
    if people.use_is_news(principal, here.now()):
        with here.database.writing() as session:
            people.note_use(session, principal.token_id, here.now())
    return principal


def _with_scope(scope: Scope) -> Callable[[Principal], Principal]:
    def required(principal: Annotated[Principal, Depends(_authenticated)]) -> Principal:
        principal.require(scope)
        return principal

    return required


Reader = Annotated[Principal, Depends(_with_scope("read"))]
Learner = Annotated[Principal, Depends(_with_scope("submit"))]
Teacher = Annotated[Principal, Depends(_with_scope("teach"))]
Operator = Annotated[Principal, Depends(_with_scope("operate"))]
