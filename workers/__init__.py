"""Celery workers: they grade, deliver, and sweep up. What to do is in the database; Celery says when to look."""
