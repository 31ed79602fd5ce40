from collections.abc import Sequence
from typing import Any

from django.db import models

from vrs_app.catalogue import Catalogue


class ShopCatalogue(Catalogue[Any]):
    """It names no model to watch but the product's."""

    def pictures(self, product: Any) -> Sequence[str]:
        return [*super().pictures(product), *(each.file.name for each in product.photos.all())]

    def products(self) -> models.QuerySet[Any]:
        return super().products().prefetch_related("photos")
