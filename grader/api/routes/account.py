"""Who one is."""

from __future__ import annotations

from fastapi import APIRouter

from ...service import people
from ...service.errors import NotFound
from ...service.lookup import courses_for
from ...store.tables import Token
from ..auth import Reader
from ..problems import problems
from ..service import Here
from ..views import CourseView, Me

__all__ = ["router"]

router = APIRouter(tags=["account"])


@router.get("/me", responses=problems(401, 403, 422, 429))
def me(here: Here, principal: Reader) -> Me:
    """The user that the token acts for, and their courses."""
    with here.database.reading() as session:
        courses = [CourseView(id=one.id, title=one.title, role=role) for one, role in courses_for(session, principal)]
    return Me(
        login=principal.login,
        name=principal.name,
        admin=principal.admin,
        scopes=sorted(principal.scopes),
        courses=courses,
    )


@router.delete("/me/token", status_code=204, responses=problems(401, 403, 422, 429))
def log_out(here: Here, principal: Reader) -> None:
    """End the token that this request shows."""
    with here.database.writing() as session:
        people.revoke_token(session, principal.token_id, here.now())


@router.delete("/tokens/{token_id}", status_code=204, responses=problems(401, 403, 404, 422, 429))
def revoke(here: Here, principal: Reader, token_id: str) -> None:
    """End a token of one's own; administrators may end any."""
    with here.database.writing() as session:
        token = session.get(Token, token_id)
        if token is None or (token.user_id != principal.user_id and not principal.admin):
            raise NotFound(f"there is no token {token_id!r}")
        people.revoke_token(session, token_id, here.now())
