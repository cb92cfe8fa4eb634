"""When a submission is accepted, how late it is, and which attempt counts. Pure: times come in as arguments."""

from .admission import Admission, admit
from .counting import Attempt, Mark, mark
from .terms import Extension, Terms, terms_for

__all__ = ["Admission", "Attempt", "Extension", "Mark", "Terms", "admit", "mark", "terms_for"]
