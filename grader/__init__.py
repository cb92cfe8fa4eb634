"""A grading engine for code assignments: the domain, and the faces people use."""

__version__ = "0.1.0"
