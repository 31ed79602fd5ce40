"""Forms: filters, search by words, search by photo."""

from ..presentation.money import AmountField
from .filters import FilterForm
from .photo import BoxField, PhotoForm
from .search import SearchForm

__all__ = ["AmountField", "BoxField", "FilterForm", "PhotoForm", "SearchForm"]
