"""The small shop in each dump: a row of every kind that we keep, made as shops make them."""

from decimal import Decimal
from pathlib import PurePosixPath
from uuid import UUID

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from shop.models import Category, Product, ProductImage
from tests.settings import HANDCRAFTED, VRS
from tests.shapes import shape
from tests.two_spaces import COLOUR, COLOURS
from vrs_app import spaces, tasks
from vrs_app.contrib import history
from vrs_app.contrib.history import Shopper
from vrs_app.contrib.merchandising.models import Hidden, Pin
from vrs_app.indexing import claims
from vrs_app.models import Change, EmbeddingSpace, Heartbeat, ImageEmbedding
from vrs_app.testing import drain

VISITOR = UUID("0d3ba4cb-4a3c-4f0c-9d27-1a1b9d1f9a55")
NUMBERS = (1, 2, 3)
BROKEN = b"<html>no picture</html>"


def fill() -> None:
    """Make the shop, in an empty database: two spaces, of which the second is shown."""
    with override_settings(VRS=VRS | {"EMBEDDER": COLOUR}):
        for kind in ("disc", "stripes"):
            for number in NUMBERS:
                save(f"{kind} {number}")
        call_command("vrs_embed", verbosity=0)
    save("torn 1", BROKEN)
    save("bars 1")
    embed()
    call_command("vrs_switch", EmbeddingSpace.objects.get(embedder=HANDCRAFTED).pk)
    curate()
    shop_around()
    beat()
    leave_work()


def save(name: str, file: bytes | None = None) -> Product:
    """A new product, with the picture of its name or with `file`."""
    kind, _, number = name.partition(" ")
    category, _ = Category.objects.get_or_create(slug=kind, defaults={"name": kind})
    product = Product.objects.create(
        name=name,
        category=category,
        description=f"{name}, as it was sold before the upgrade",
        price=Decimal(int(number) * 10),
        stock=5,
    )
    picture = ContentFile(file or picture_of(f"{kind}-{number}"), f"{kind}-{number}.jpg")
    ProductImage.objects.create(product=product, image=picture)
    return product


def picture_of(stem: str) -> bytes:
    """The bytes of a picture by its name without a folder and a suffix, such as "disc-1"."""
    kind, _, number = PurePosixPath(stem).stem.partition("-")
    if kind == "torn":
        return BROKEN
    return shape(kind, COLOURS[int(number) % len(COLOURS)], seed=int(number))


def embed() -> None:
    """As a worker does, until nothing waits."""
    call_command("vrs_embed", verbosity=0)


def product(name: str) -> Product:
    return Product.objects.get(name=name)


def curate() -> None:
    """A merchant pins and hides, and counts the coverage."""
    page = product("stripes 1")
    Pin.objects.create(product=page, recommended=product("disc 3"), position=1)
    Hidden.objects.create(product=page, hidden=product("stripes 3"))
    Hidden.objects.create(hidden=product("torn 1"))
    call_command("vrs_coverage", verbosity=0)


def shop_around() -> None:
    """A customer and an anonymous visitor look at products, like and buy them."""
    anna = User.objects.create_user("anna")
    history.record(anna, product("disc 1"), "liked")
    history.record(anna, product("stripes 2"), "viewed")
    history.record(Shopper(visitor=VISITOR), product("disc 2"), "bought")
    history.record(Shopper(visitor=VISITOR), product("stripes 1"), "dismissed")


def beat() -> None:
    """Each part of the pipeline was at work."""
    tasks.sweep()
    tasks.check_files()
    Heartbeat.objects.create(part=Heartbeat.Part.PHOTOS, beaten_at=timezone.now())
    assert {*Heartbeat.objects.values_list("part", flat=True)} == {*Heartbeat.Part.values}


def leave_work() -> None:
    """Three pictures wait: in a killed worker's hands, with new bytes, and in the outbox."""
    save("bars 2")
    drain()
    active = spaces.active()
    assert active is not None
    assert len(claims.claim_batch(active)) == 1
    row = ProductImage.objects.get(product__name="bars 1")
    row.image.delete(save=False)
    row.image.save("bars-1.jpg", ContentFile(picture_of("bars-5")))
    save("bars 3")
    assert Change.objects.exists()
    assert {*ImageEmbedding.objects.values_list("state", flat=True)} == {
        *ImageEmbedding.State.values
    }
