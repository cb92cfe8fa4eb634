"""Users, tokens and who may do what."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ..plain_text import plain
from ..store.names import new_name
from ..store.tables import Course, Enrolment, Role, Token, User
from .errors import Conflict, Forbidden, NotFound, Unauthorized

__all__ = [
    "SCOPES",
    "Principal",
    "Scope",
    "add_course",
    "add_user",
    "authenticate",
    "enrol",
    "find_user",
    "issue_token",
    "note_use",
    "revoke_token",
    "role_in",
    "use_is_news",
    "withdraw",
]

Scope = Literal["read", "submit", "teach", "operate"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_LOGIN = re.compile(r"[^\s:/\x00-\x1f\x7f]{1,200}")
_SECRET = re.compile(r"grader_([a-z2-7]{16})_([A-Za-z0-9_-]{43})")
_USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Principal:
    """Who asks, and what their token allows.

    Attributes:
        user_id: The user.
        login: Their login name.
        name: Their name.
        admin: Whether they are an administrator and the token does not withhold it.
        scopes: What the token allows.
        token_id: The token.
        last_used: When the token was last seen, as far as it was noted.
    """

    user_id: str
    login: str
    name: str
    admin: bool
    scopes: frozenset[str]
    token_id: str
    last_used: datetime | None = None

    def require(self, scope: Scope) -> None:
        """See that the token has a scope.

        Raises:
            Forbidden: It hasn't.
        """
        if scope not in self.scopes:
            raise Forbidden(
                f"this token does not have the scope {scope!r}; it has {', '.join(sorted(self.scopes)) or 'none'}"
            )


def add_user(
    session: Session,
    login: str,
    name: str,
    now: datetime,
    email: str | None = None,
    external_id: str | None = None,
    admin: bool = False,
) -> User:
    """A new user.

    Raises:
        Conflict: The login is taken, or can't be one.
    """
    if not _LOGIN.fullmatch(login) or plain(login) != login:
        raise Conflict(
            f"{login!a} can't be a login: it has spaces, a slash, a colon or invisible characters, or is too long"
        )
    if session.scalar(select(User).where(User.login == login)):
        raise Conflict(f"there is a user {login!r} already")
    user = User(
        id=new_name("usr"), login=login, name=name or login, email=email, external_id=external_id, admin=admin, created=now
    )
    session.add(user)
    session.flush()
    return user


def find_user(session: Session, login: str) -> User:
    """The user with a login.

    Raises:
        NotFound: There is none.
    """
    user = session.scalar(select(User).where(User.login == login))
    if user is None:
        raise NotFound(f"there is no user {login!r}")
    return user


def add_course(session: Session, course_id: str, title: str, now: datetime) -> Course:
    """A new course.

    Raises:
        Conflict: There is one of that id, or it can't be one.
    """
    if not _SLUG.fullmatch(course_id):
        raise Conflict(f"{course_id!r} can't be a course's id: lower case letters, digits, '.', '_' and '-' make one")
    if session.get(Course, course_id):
        raise Conflict(f"there is a course {course_id!r} already")
    course = Course(id=course_id, title=title or course_id, created=now)
    session.add(course)
    session.flush()
    return course


def enrol(session: Session, course_id: str, user: User, role: Role, now: datetime) -> None:
    """Give a user a role in a course, instead of the one they may have.

    Raises:
        NotFound: There is no such course.
    """
    if session.get(Course, course_id) is None:
        raise NotFound(f"there is no course {course_id!r}")
    enrolment = session.get(Enrolment, (course_id, user.id))
    if enrolment is None:
        session.add(Enrolment(course_id=course_id, user_id=user.id, role=role, created=now))
    else:
        enrolment.role = role
    session.flush()


def withdraw(session: Session, course_id: str, user: User) -> None:
    """End a user's part in a course; what they did in it stays.

    Raises:
        NotFound: They have none.
    """
    enrolment = session.get(Enrolment, (course_id, user.id))
    if enrolment is None:
        raise NotFound(f"{user.login!r} is not in the course {course_id!r}")
    session.delete(enrolment)
    session.flush()


def close_account(session: Session, login: str) -> None:
    """Let a user in no more; what they did stays.

    Raises:
        NotFound: There is no such user.
        Conflict: Nobody would be left to administer the service.
    """
    user = find_user(session, login)
    others = select(func.count()).select_from(User).where(User.admin, User.active, User.id != user.id)
    if user.admin and user.active and not session.scalar(others):
        raise Conflict(f"{login!r} is the only administrator: add another first ('grader user add LOGIN --admin')")
    user.active = False


def role_in(session: Session, principal: Principal, course_id: str) -> Role | None:
    """What a principal is in a course; administrators are instructors everywhere."""
    if principal.admin:
        return "instructor"
    enrolment = session.get(Enrolment, (course_id, principal.user_id))
    return enrolment.role if enrolment else None  # type: ignore[return-value]


def issue_token(
    session: Session, user: User, name: str, scopes: Sequence[str], now: datetime, lifetime: timedelta | None
) -> tuple[Token, str]:
    """A new token and its secret, which is shown this once and not kept.

    Raises:
        Conflict: There is no such scope.
    """
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown:
        raise Conflict(f"there is no scope {unknown[0]!r}; there are {', '.join(SCOPES)}")
    token = Token(
        id=new_name("tok"),
        user_id=user.id,
        name=name,
        digest="",
        scopes=list(scopes),
        created=now,
        expires=now + lifetime if lifetime else None,
    )
    secret = f"grader_{token.id.removeprefix('tok_')}_{secrets.token_urlsafe(32)}"
    token.digest = _digest(secret)
    session.add(token)
    session.flush()
    return token, secret


def revoke_token(session: Session, token_id: str, now: datetime) -> Token:
    """End a token.

    Raises:
        NotFound: There is none of that id.
    """
    token = session.get(Token, token_id)
    if token is None:
        raise NotFound(f"there is no token {token_id!r}")
    token.revoked = token.revoked or now
    return token


def authenticate(session: Session, secret: str, now: datetime) -> Principal:
    """Who shows this secret.

    Raises:
        Unauthorized: Nobody who may come in.
    """
    match = _SECRET.fullmatch(secret)
    named = select(Token, User).join(User, User.id == Token.user_id).where(Token.id == f"tok_{match[1] if match else ''}")
    token, user = session.execute(named).one_or_none() or (None, None)
    # Compared in any case, in constant time.
    known = hmac.compare_digest(token.digest if token else _digest(""), _digest(secret))
    if token is None or user is None or not known:
        raise Unauthorized("the token is not known here")
    if token.revoked is not None:
        raise Unauthorized("the token was revoked")
    if token.expires is not None and now >= token.expires:
        raise Unauthorized("the token has expired")
    if not user.active:
        raise Unauthorized("the account is closed")
    scopes = frozenset(token.scopes)
    admin = user.admin and "operate" in scopes
    return Principal(user.id, user.login, user.name, admin, scopes, token.id, token.last_used)


def note_use(session: Session, token_id: str, now: datetime) -> None:
    """Remember that a token was used."""
    session.execute(update(Token).where(Token.id == token_id).values(last_used=now))


def use_is_news(principal: Principal, now: datetime) -> bool:
    """Whether the last use of their token that is known of was more than a minute ago."""
    return principal.last_used is None or now - principal.last_used > _USE_NOTED_EVERY


def _digest(secret: str) -> str:
    # The secret has 256 random bits: nothing is gained by a slow function.
    return hashlib.sha256(secret.encode()).hexdigest()
