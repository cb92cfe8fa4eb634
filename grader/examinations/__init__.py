"""Examinations: how submissions are examined, for each kind of assignment."""

from .base import Examination, Examined
from .code import CodeExamination
from .writing import WritingExamination

__all__ = ["CodeExamination", "Examination", "Examined", "WritingExamination"]
