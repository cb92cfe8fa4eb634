"""What goes through Redis or Valkey: tickets that wake workers, and live progress. All of it may be lost at any time."""

from .breaker import Breaker
from .progress import ProgressReader, ProgressWriter
from .tickets import DELIVER, GRADE, INTAKE, PRUNE, Tickets, make_celery
from .waking import Waker

__all__ = [
    "DELIVER",
    "GRADE",
    "INTAKE",
    "PRUNE",
    "Breaker",
    "ProgressReader",
    "ProgressWriter",
    "Tickets",
    "Waker",
    "make_celery",
]
