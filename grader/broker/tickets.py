"""Tickets: messages that say that there is something to do, but not what. The database knows that."""

from __future__ import annotations

import logging
import ssl
from typing import Any

import redis
from celery import Celery
from kombu import Exchange
from kombu import Queue as KombuQueue
from kombu.exceptions import OperationalError

from ..settings import Settings
from .urls import celery_url, redis_url

__all__ = [
    "BACKGROUND",
    "DELIVER",
    "GRADE",
    "HARD_LIMIT",
    "INTAKE",
    "PRUNE",
    "QUEUES",
    "Tickets",
    "make_celery",
]

_PREFIX = "grader:"
_log = logging.getLogger(__name__)

GRADE, DELIVER, INTAKE, PRUNE = "grade", "deliver", "intake", "prune"
BACKGROUND = "background"
QUEUES = ("learners", "bulk", BACKGROUND)
HARD_LIMIT = 2 * 3600 + 600
"""Seconds for a task, whatever it does: Celery ends its process then. Who grades has let its claim go before."""


def make_celery(settings: Settings) -> Celery:
    """The Celery application, for those who send and for those who work."""
    app = Celery("grader", broker=celery_url(settings.broker), set_as_current=False)
    # The nameless exchange needs no bindings in Redis, which a flush would remove.
    queues = [KombuQueue(name, Exchange(""), routing_key=name) for name in QUEUES]
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_queues=queues,
        task_create_missing_queues=False,
        task_default_queue="learners",
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_time_limit=HARD_LIMIT,
        task_soft_time_limit=HARD_LIMIT - 60,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            # What waits first in this order is served first: no learner behind a regrade.
            "queue_order_strategy": "priority",
            "visibility_timeout": HARD_LIMIT + 600,
            "socket_connect_timeout": 2,
            "socket_timeout": 10,
            "global_keyprefix": _PREFIX,
        },
        timezone="UTC",
    )
    if settings.broker.startswith(("rediss://", "valkeys://")):
        app.conf.broker_use_ssl = {"ssl_cert_reqs": ssl.CERT_REQUIRED}
    return app


class Tickets:
    """Sends tickets. Losing one loses no work: the sweeper sends others.

    Args:
        app: The Celery application.
        settings: Where the broker is.
    """

    def __init__(self, app: Celery, settings: Settings) -> None:
        self._app = app
        self._url = redis_url(settings.broker)

    def grade(self, queue: str, count: int = 1) -> bool:
        """Wake workers for gradings that wait; False if the broker does not answer."""
        return self._send(GRADE, {"queue": queue}, queue, count)

    def wake(self, task: str) -> bool:
        """Have a task of the background done soon; False if the broker does not answer."""
        return self._send(task, {}, BACKGROUND, 1)

    def _send(self, task: str, arguments: dict[str, Any], queue: str, count: int) -> bool:
        try:
            for _ in range(count):
                self._app.send_task(task, kwargs=arguments, queue=queue, retry=False)
        except (OperationalError, redis.RedisError, OSError) as error:
            _log.warning("the broker does not answer (%s): the sweeper will send what is due", error)
            return False
        return True

    def waiting(self, queue: str) -> int:
        """How many tickets wait in a queue.

        Raises:
            redis.RedisError: The broker does not answer.
        """
        with redis.Redis.from_url(self._url, socket_timeout=5) as client:
            return int(client.llen(f"{_PREFIX}{queue}"))
