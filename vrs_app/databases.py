"""In which of the shop's databases our rows are."""

from django.db import router

from .models import ImageEmbedding


def database() -> str:
    """The alias of the database in which our rows are written."""
    return router.db_for_write(ImageEmbedding)
