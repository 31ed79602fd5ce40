"""The admin of merchandising: the section of a product's page, the lists, the coverage."""

from .coverage import CoverageAdmin
from .inline import MerchandisingInline
from .lists import HiddenAdmin, PinAdmin

__all__ = ["CoverageAdmin", "HiddenAdmin", "MerchandisingInline", "PinAdmin"]
