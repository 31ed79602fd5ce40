"""Measuring how good the nearest neighbours are, by the shop's own categories."""

from .figures import Answer, Cut, Evaluation
from .leave_one_out import SAMPLE, evaluate

__all__ = ["SAMPLE", "Answer", "Cut", "Evaluation", "evaluate"]
