"""What the app must do in every shop; run as `python -m tests.projects.journey`."""

import sys
from typing import Any

import django
from django.core.files.base import ContentFile
from django.core.management import call_command

from tests.shapes import shape


def main() -> None:
    django.setup()
    call_command("check", fail_level="WARNING")
    call_command("makemigrations", check_changes=True, dry_run=True)
    disc, stripes = save("disc"), save("stripes")
    call_command("vrs_embed", verbosity=0)
    require_look_alikes(disc)
    require_look_alikes(stripes)
    require_words(disc)
    delete(stripes)
    if "tensorflow" in sys.modules:
        raise AssertionError("This shop embeds without TensorFlow.")


def save(kind: str) -> Any:
    """One of three new products whose pictures look alike."""
    from vrs_app.catalogue import catalogue

    products = [
        catalogue().model._default_manager.create(
            name=f"{kind} {number}",
            image=ContentFile(shape(kind, seed=number), f"{kind}-{number}.jpg"),
        )
        for number in range(3)
    ]
    return products[0]


def require_look_alikes(product: Any) -> None:
    """The nearest products are of the same kind."""
    from vrs_app.queries import similar_to

    found = [item.product.name for item in similar_to(product, limit=2)]
    kind = product.name.split()[0]
    if len(found) != 2 or not all(name.startswith(kind) for name in found):
        raise AssertionError(f"{product.name} is shown beside {found}.")


def require_words(product: Any) -> None:
    """It was noted, and read with the product's own kind of key."""
    from vrs_app.catalogue import catalogue
    from vrs_app.queries.fulltext import described_alike

    found = described_alike(product, catalogue().model._default_manager.all(), limit=2, exclude=[])
    if len(found) != 2:
        raise AssertionError(f"{product.pk} is described like {found}.")


def delete(product: Any) -> None:
    """A product takes what we know of it along."""
    from vrs_app.models import IndexedImage, ProductText

    key = product.pk
    product.delete()
    if IndexedImage.objects.filter(product=key).exists():
        raise AssertionError("A deleted product leaves its pictures behind.")
    if ProductText.objects.filter(product=key).exists():
        raise AssertionError("A deleted product leaves its words behind.")


if __name__ == "__main__":
    main()
