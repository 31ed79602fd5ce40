"""The form by which staff add a product with one picture in the demo shop's admin."""

from shop.models import Category

NO_STATE_ROWS = {"vrs_images-TOTAL_FORMS": 0, "vrs_images-INITIAL_FORMS": 0}

PICTURE = "images-0-image"
"""The field of its file."""


def product_form(category: Category, name: str = "Blue dress") -> dict[str, object]:
    """All fields but the file."""
    return {
        "name": name,
        "category": category.pk,
        "price": "19.90",
        "stock": 4,
        "published": "on",
        "images-TOTAL_FORMS": 1,
        "images-INITIAL_FORMS": 0,
        "images-0-position": 0,
        **NO_STATE_ROWS,
    }
