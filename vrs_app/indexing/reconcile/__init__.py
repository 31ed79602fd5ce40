"""What the shop has and what we noted of it, compared and made to agree.

Saves tell us by signals; `bulk_create`, `QuerySet.update`, SQL, a restored backup and bytes
written behind Django's back do not. `reconcile` finds what they left behind and mends it.
"""

from .full_pass import compare, reconcile, total
from .report import Findings, Step, Watch

__all__ = ["Findings", "Step", "Watch", "compare", "reconcile", "total"]
