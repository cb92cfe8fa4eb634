"""``grader webhook``."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import func, select

from ...errors import InputError
from ...lms.addresses import Caller, see_where_it_leads
from ...lms.outbound import deliver
from ...report import now
from ...service import deliveries, endpoints
from ...service.events import EVENT_TYPES
from ...store.tables import Delivery, Endpoint, Event
from ..consoles import err, out
from ..main import PROBLEMS
from ..serving import data_option, writing

__all__ = ["command"]


@click.group(name="webhook")
def command() -> None:
    """Who is told of events by webhook."""


@command.command(name="add")
@click.argument("url")
@click.option("--course", help="Events of this course alone.")
@click.option("--event", "events", multiple=True, type=click.Choice(list(EVENT_TYPES)), help="Default all.")
@data_option
def add(url: str, course: str | None, events: tuple[str, ...], data: Path | None) -> None:
    """Send events to URL. Prints the secret that the receiver verifies them with."""
    with writing(data) as (session, settings):
        doubt = see_where_it_leads(url, settings)
        endpoint = endpoints.add_endpoint(session, url, events, course, now())
    if doubt:
        err.print(f"warning: {doubt}", style="yellow", markup=False)
    err.print(f"added {endpoint.id}; its secret, for the receiver:", markup=False)
    click.echo(endpoint.secret)


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True)
@data_option
def show(as_json: bool, data: Path | None) -> None:
    """List the endpoints and how they do."""
    with writing(data) as (session, _settings):
        for endpoint in session.scalars(select(Endpoint).order_by(Endpoint.created)):
            mine = select(Delivery.state, func.count()).where(Delivery.endpoint_id == endpoint.id).group_by(Delivery.state)
            counts = dict(session.execute(mine).all())
            (_show_json if as_json else _show)(endpoint, counts)


def _show_json(endpoint: Endpoint, counts: dict[str, int]) -> None:
    row = {
        "id": endpoint.id,
        "url": endpoint.url,
        "course": endpoint.course_id,
        "events": endpoint.events,
        "deliveries": counts,
        "failing_since": endpoint.failing_since.isoformat() if endpoint.failing_since else None,
        "disabled": endpoint.disabled_because,
    }
    click.echo(json.dumps(row))


def _show(endpoint: Endpoint, counts: dict[str, int]) -> None:
    out.print(f"{endpoint.id}  {endpoint.url}  {endpoint.course_id or 'all courses'}", markup=False)
    sent = ", ".join(f"{count} {state}" for state, count in counts.items()) or "nothing sent yet"
    trouble = f"; DISABLED: {endpoint.disabled_because}" if endpoint.disabled else ""
    out.print(f"    {sent}{trouble}", markup=False, style="dim")


@command.command(name="log")
@click.argument("endpoint_id")
@click.option("--failed", is_flag=True, help="Only what was not delivered.")
@click.option("--limit", type=click.IntRange(1, 10000), default=50, show_default=True)
@data_option
def log(endpoint_id: str, failed: bool, limit: int, data: Path | None) -> None:
    """Show an endpoint's deliveries, one a line, the newest first, with all tries."""
    with writing(data) as (session, _settings):
        endpoints.endpoint_named(session, endpoint_id)
        wanted = select(Delivery, Event).join(Event, Event.id == Delivery.event_id)
        wanted = wanted.where(Delivery.endpoint_id == endpoint_id)
        if failed:
            wanted = wanted.where(Delivery.state != "delivered")
        for delivery, event in session.execute(wanted.order_by(Delivery.id.desc()).limit(limit)):
            tries = [
                {"at": one.at.isoformat(), "status": one.status, "error": one.error, "seconds": round(one.seconds, 3)}
                for one in deliveries.tries_of(session, delivery.id)
            ]
            row = {"id": delivery.id, "event": event.id, "type": event.type, "state": delivery.state, "tries": tries}
            click.echo(json.dumps(row))


@command.command(name="test")
@click.argument("endpoint_id")
@data_option
def test(endpoint_id: str, data: Path | None) -> int:
    """Send an event of no meaning to an endpoint now, and tell what it answers."""
    with writing(data) as (session, _settings):
        endpoint = endpoints.endpoint_named(session, endpoint_id)
        sent = endpoints.send_test(session, endpoint, now())
        due = deliveries.take(session, sent, now())
    with writing(data) as (session, settings):
        result = deliver(Caller(settings), due, now())
        give_up = timedelta(days=settings.webhook_give_up)
        deliveries.settle(session, due, result, now(), settings.webhook_first_retry, give_up)
    if result.delivered:
        out.print(f"delivered: status {result.status} after {result.seconds:.2f} s")
        return 0
    out.print(f"not delivered: {result.status or ''} {result.error or ''}", markup=False)
    return PROBLEMS


@command.command(name="replay")
@click.argument("endpoint_id")
@click.argument("delivery_ids", nargs=-1, type=int)
@data_option
def replay(endpoint_id: str, delivery_ids: tuple[int, ...], data: Path | None) -> None:
    """Deliver again: the named deliveries, or all that an endpoint did not take. Event ids stay the same."""
    with writing(data) as (session, _settings):
        endpoint = endpoints.endpoint_named(session, endpoint_id)
        count = endpoints.replay(session, delivery_ids or None, endpoint, now())
        if delivery_ids and count < len(set(delivery_ids)):
            raise InputError(f"only {count} of these deliveries are {endpoint_id}'s: nothing is delivered again")
        disabled = endpoint.disabled is not None
    out.print(f"{count} will be delivered again")
    if disabled:
        err.print(f"the endpoint is disabled: 'grader webhook enable {endpoint_id}'", markup=False)


@command.command(name="enable")
@click.argument("endpoint_id")
@data_option
def enable(endpoint_id: str, data: Path | None) -> None:
    """Send to a disabled endpoint again: first what it missed."""
    with writing(data) as (session, _settings):
        missed = endpoints.enable(session, endpoints.endpoint_named(session, endpoint_id), now())
    out.print(f"{endpoint_id} is sent to again, {missed} that it missed first", markup=False)


@command.command(name="disable")
@click.argument("endpoint_id")
@data_option
def disable(endpoint_id: str, data: Path | None) -> None:
    """Send nothing to an endpoint until it is enabled again."""
    with writing(data) as (session, _settings):
        endpoint = endpoints.endpoint_named(session, endpoint_id)
        endpoint.disabled, endpoint.disabled_because = now(), "an operator disabled it"
    out.print(f"{endpoint_id} is sent nothing", markup=False)


@command.command(name="rotate")
@click.argument("endpoint_id")
@data_option
def rotate(endpoint_id: str, data: Path | None) -> None:
    """Give an endpoint a new secret and print it; for a day the old one signs as well."""
    with writing(data) as (session, _settings):
        secret = endpoints.rotate(endpoints.endpoint_named(session, endpoint_id), now())
    click.echo(secret)
