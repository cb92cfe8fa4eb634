"""The Celery application with its tasks, and the programs that run it."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Sequence

from celery import Celery, signals
from celery.exceptions import SecurityWarning

from grader.broker import DELIVER, GRADE, INTAKE, PRUNE, make_celery
from grader.broker.tickets import BACKGROUND
from grader.settings import Settings
from grader.store.tables import Queue
from sandboxes.errors import EngineUnavailable

from .context import Context
from .delivery import deliver_due
from .grading import grade_next
from .handed_in import take_in
from .pruning import prune_outdated
from .sweeper import recover_lost

__all__ = ["make_app", "run_worker"]

_log = logging.getLogger(__name__)


def make_app(settings: Settings) -> Celery:
    """The application with its tasks. Connections are made in the process that works."""
    app = make_celery(settings)
    made: list[Context] = []

    def context() -> Context:
        if not made:
            made.append(Context(settings, app))
        return made[0]

    def begin(**_given: object) -> None:
        made.clear()  # what a parent had is not for its children
        recover_lost(context())
        try:
            context().graders.engine()  # which sweeps up what the one before left
        except EngineUnavailable as error:
            _log.error("gradings will wait: %s", error)

    def end(**_given: object) -> None:
        if made:
            made.pop().close()

    signals.worker_process_init.connect(begin, weak=False)
    signals.worker_process_shutdown.connect(end, weak=False)
    signals.setup_logging.connect(_keep_logging, weak=False)

    @app.task(name=GRADE)  # type: ignore[untyped-decorator]
    def grade(queue: Queue) -> None:
        grade_next(context(), queue)

    @app.task(name=DELIVER)  # type: ignore[untyped-decorator]
    def deliver() -> None:
        deliver_due(context())

    @app.task(name=INTAKE)  # type: ignore[untyped-decorator]
    def intake() -> None:
        take_in(context())

    @app.task(name=PRUNE)  # type: ignore[untyped-decorator]
    def prune() -> None:
        prune_outdated(context())

    return app


def run_worker(settings: Settings, queues: Sequence[str], concurrency: int) -> None:
    """Work until told to stop. Gradings are done in processes of their own, the rest in threads."""
    app = make_app(settings)
    # Celery warns of root because of pickle, which nothing here reads; who may start containers is as good as root anyway.
    warnings.simplefilter("ignore", SecurityWarning)
    pool = "threads" if list(queues) == [BACKGROUND] else "prefork"
    app.worker_main(
        [
            "--quiet",
            "worker",
            f"--queues={','.join(queues)}",
            f"--concurrency={concurrency}",
            f"--pool={pool}",
            f"--hostname={'-'.join(queues)}-{os.getpid()}@%h",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )


def _keep_logging(**_given: object) -> None:
    """Celery leaves logging alone when somebody answers its signal."""
