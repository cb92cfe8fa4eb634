"""What goes through Redis or Valkey: tickets that wake workers, and live progress. All of it may be lost at any time."""

from .progress import ProgressReader, ProgressWriter
from .tickets import DELIVER, GRADE, INTAKE, Tickets, make_celery

__all__ = ["DELIVER", "GRADE", "INTAKE", "ProgressReader", "ProgressWriter", "Tickets", "make_celery"]
