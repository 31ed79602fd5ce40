"""Reconcile: compare the shop's products and files with our rows, and repair the differences.

Saves send signals. `bulk_create`, `QuerySet.update`, SQL, a restored backup and files
overwritten in the storage do not; `reconcile` finds what they changed.
"""

from .full_pass import compare, reconcile, total
from .report import Findings, Step, StepProgress

__all__ = ["Findings", "Step", "StepProgress", "compare", "reconcile", "total"]
