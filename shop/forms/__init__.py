"""What shoppers may ask of a list of products, read from an address or from a form."""

from ..presentation.money import AmountField
from .filters import FilterForm
from .photo import BoxField, PhotoForm
from .search import SearchForm

__all__ = ["AmountField", "BoxField", "FilterForm", "PhotoForm", "SearchForm"]
