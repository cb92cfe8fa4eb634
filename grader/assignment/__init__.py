"""Assignments: folders that instructors write. The format is documented in docs/assignment-format.md."""

from .load import Assignment, load_assignment

__all__ = ["Assignment", "load_assignment"]
