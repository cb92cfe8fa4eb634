"""The command line: one program, ``grader``."""

from .main import main

__all__ = ["main"]
