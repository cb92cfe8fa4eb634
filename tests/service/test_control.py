"""The control loop, and the clock that all machines share."""

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import redis
from sqlalchemy.exc import OperationalError

from grader.store import Clock
from workers import control


class Tickets:
    """What would go to the broker."""

    def __init__(self, waiting=0, sends=True):
        self.sent, self._waiting, self._sends = [], waiting, sends

    def waiting(self, queue):
        if self._waiting is None:
            raise redis.ConnectionError("away")
        return self._waiting

    def wake(self, task):
        self.sent.append(task)
        return self._sends

    def grade(self, queue, count=1):
        self.sent += [queue] * count


def around(world, tickets, nights=None):
    """One turn of the loop, with no night passed unless ``nights`` says so."""
    nights = nights or SimpleNamespace(order=lambda now, order: None)
    control.turn(SimpleNamespace(database=world.database, tickets=tickets, now=lambda: world.now), nights)


def test_each_night_what_is_outdated_is_deleted(world):
    nights, told = control.Nights(), []
    for _ in range(49):
        tickets = Tickets()
        around(world, tickets, nights)
        told += [world.now.hour] if "prune" in tickets.sent else []
        world.later(hours=1)
    assert told == [12, 3, 3], "at the start, and in both nights"


def test_the_work_of_a_night_is_ordered_until_the_broker_takes_it(world):
    nights = control.Nights()
    for tickets in (Tickets(sends=False), Tickets(), Tickets()):
        around(world, tickets, nights)
        told = "prune" in tickets.sent
        world.later(minutes=1)
    assert not told
    world.later(days=1)
    for sends in (False, True):
        tickets = Tickets(sends=sends)
        around(world, tickets, nights)
        assert "prune" in tickets.sent


def test_what_waits_without_a_ticket_gets_one(world):
    world.submit()
    tickets = Tickets()
    around(world, tickets)
    assert tickets.sent == ["learners", "deliver", "intake"]


def test_tickets_do_not_pile_up_where_nobody_takes_them(world):
    world.submit()
    tickets = Tickets(waiting=5)
    around(world, tickets)
    assert tickets.sent == []


def test_work_of_lost_workers_is_given_to_others_without_a_broker(world):
    world.submit()
    world.claim(lease=10)
    world.later(minutes=5)
    around(world, Tickets(waiting=None))
    assert world.claim() is not None


def test_the_loop_outlives_a_database_that_is_away(monkeypatch, tmp_path):
    turns = []

    def turn(context, nights):
        turns.append(context)
        if len(turns) < 3:
            raise OperationalError("select", {}, Exception("away"))
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(control, "turn", turn)
    monkeypatch.setattr(control, "_EVERY", 0.01)
    monkeypatch.setattr(control, "Context", lambda *arguments: SimpleNamespace(close=lambda: turns.append("closed")))
    handlers = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    try:
        control.run_control(SimpleNamespace(broker="redis://nowhere"))
    finally:
        for number, handler in zip((signal.SIGTERM, signal.SIGINT), handlers, strict=True):
            signal.signal(number, handler)
    assert turns[-1] == "closed"
    assert len(turns) == 4


def test_the_present_is_the_database_s(database, monkeypatch):
    """A machine whose own clock is a minute ahead claims and gives up at the same time as all others."""
    if database.engine.dialect.name == "sqlite":
        assert abs(Clock(database).now() - datetime.now(UTC)) < timedelta(seconds=5)
        return
    right = time.time()
    monkeypatch.setattr(time, "time", lambda: right + 60)
    clock = Clock(database)
    first = clock.now()
    assert abs(first.timestamp() - right) < 30
    assert clock.now() >= first
    # Without an answer it counts on.
    monkeypatch.setattr("grader.store.clock._ASK_AGAIN", 0.0)
    monkeypatch.setattr(
        database, "reading", lambda: (_ for _ in ()).throw(OperationalError("select", {}, Exception("away")))
    )
    assert clock.now() >= first
