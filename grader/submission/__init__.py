"""Submissions: what learners hand in, read without trust."""

from .read import Submission, read_submission, submission_of

__all__ = ["Submission", "read_submission", "submission_of"]
