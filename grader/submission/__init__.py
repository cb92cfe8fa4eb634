"""Submissions: what learners hand in, read without trust."""

from .read import Submission, read_submission

__all__ = ["Submission", "read_submission"]
