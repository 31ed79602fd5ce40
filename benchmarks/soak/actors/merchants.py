"""Merchants who change the shop through Django, as its own code and its imports do."""

from .picture_actions import PictureDoings
from .product_actions import ProductDoings


class Merchant(ProductDoings, PictureDoings):
    pauses = (0.02, 0.3)
    weights = {  # noqa: RUF012
        "bring": 12,
        "bring_broken": 2,
        "import_in_bulk": 1,
        "hide": 6,
        "show": 6,
        "hide_by_update": 3,
        "delete": 6,
        "change_price": 8,
        "rename": 3,
        "add_picture": 5,
        "replace_picture": 10,
        "overwrite_same_name": 6,
        "remove_picture": 4,
        "change_picture_by_update": 2,
        "overwrite_behind_django": 2,
        "lose_file": 1,
    }
