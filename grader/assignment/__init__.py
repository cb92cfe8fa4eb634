"""Assignments: folders that instructors write. The format is documented in docs/assignment-format.md."""

from .load import Assignment, assignment_of, load_assignment

__all__ = ["Assignment", "assignment_of", "load_assignment"]
