"""Forms: filters, search by words, search by photo."""

from .filters import FilterForm
from .photo import PhotoForm
from .search import SearchForm

__all__ = ["FilterForm", "PhotoForm", "SearchForm"]
