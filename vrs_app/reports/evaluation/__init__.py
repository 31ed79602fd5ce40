"""Measuring how good the nearest neighbours are, by the shop's own categories."""

from .figures import Evaluation
from .leave_one_out import SAMPLE, evaluate

__all__ = ["SAMPLE", "Evaluation", "evaluate"]
