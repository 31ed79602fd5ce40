"""Search by words for colours that no text names, measured from the pictures alone.

On the demo's clothes, whose table has their colours by eye, without the words for colours in its
texts, and, where VRS_PHOTOS names the folder, on photos labelled by eye, whose texts hold the
kind only. A query is a colour
and a kind with MIN_RELEVANT right products or more; visual expansion is off. precision@10 is
the share of right ones among the first ten shown, or fewer where fewer match; R-precision is
the same among the first R, where R is the number of right ones (ten at most).
"""

import os
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, NamedTuple

from . import scratch_shop
from .colour_labels import COLOURS, Labelled, labelled_clothes, labelled_photos, without_colours

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from shop.models import Product

MIN_RELEVANT = 3
SHOWN = 10
EMBEDDER = "vrs_app.embedders.handcrafted.HandcraftedEmbedder"
"""The fastest one: search by words needs no vector."""


class Score(NamedTuple):
    """Counts of one query: relevant products, shown ones, shown ones of the kind, right ones."""

    query: str
    relevant: int
    shown: int
    of_kind: int
    right: int
    r_precision: float

    @property
    def precision(self) -> float:
        return self.right / self.shown if self.shown else 0.0


def main() -> None:
    print(scratch_shop.machine())
    with scratch_shop.shop():
        from django.conf import settings
        from django.test import override_settings

        with override_settings(VRS={**settings.VRS, "EMBEDDER": EMBEDDER}):
            measure_demo()
            if photos := os.environ.get("VRS_PHOTOS"):
                measure_photos(Path(photos))
            else:
                print("\nSet VRS_PHOTOS to the folder of real photos to measure those too.")


def measure_demo() -> None:
    from django.core.management import call_command

    from shop.models import Product
    from vrs_app.receivers import paused

    with paused():
        call_command("fill_shop", verbosity=0)
        for product in Product.objects.all():
            product.name = without_colours(product.name)
            product.description = without_colours(product.description)
            product.colour = ""
            product.save()
    call_command("vrs_embed", verbosity=0)
    labelled = labelled_clothes()
    report(f"{len(labelled)} demo products without a word for a colour", scores(labelled))
    report_dominant("all", labelled)


def measure_photos(folder: Path) -> None:
    from django.core.management import call_command

    from shop.models import Product

    Product.objects.all().delete()
    call_command("import_photos", str(folder), verbosity=0, stderr=StringIO())
    call_command("vrs_embed", verbosity=0)
    labelled = labelled_photos(folder)
    report(f"{len(labelled)} photos labelled by eye", scores(labelled))
    report_dominant("all", labelled)
    for what, half in (
        ("the half that the measuring was adjusted by", labelled[::2]),
        ("the other half", labelled[1::2]),
    ):
        report_mean(f"{what} ({len(half)} photos)", scores(half))
        report_dominant(what, half)


def scores(products: Sequence[Labelled]) -> list[Score]:
    """Scores of each colour and kind with MIN_RELEVANT products or more."""
    from shop.models import Product

    known = {product.slug: product for product in products}
    among = Product.objects.filter(slug__in=known)
    here = set(among.on_sale().values_list("slug", flat=True))
    found = []
    for kind in sorted({kind for product in products for kind in product.kinds}):
        for colour in COLOURS:
            right = {
                product.slug
                for product in products
                if product.slug in here and kind in product.kinds and colour in product.colours
            }
            if len(right) >= MIN_RELEVANT:
                of_kind = {product.slug for product in products if kind in product.kinds}
                found.append(score(f"{colour} {kind}", right, of_kind, among))
    return found


def score(query: str, right: set[str], of_kind: set[str], among: "QuerySet[Product]") -> Score:
    from vrs_app.queries import search

    answer = search(query, expand=False, queryset=among, limit=SHOWN)
    shown = [item.product.slug for item in answer]
    most = min(len(right), SHOWN)
    return Score(
        query,
        relevant=len(right),
        shown=len(shown),
        of_kind=len(of_kind.intersection(shown)),
        right=len(right.intersection(shown)),
        r_precision=len(right.intersection(shown[:most])) / most,
    )


def report(what: str, found: Sequence[Score]) -> None:
    print(f"\n{what}\n  {'query':<22}{'right ones':>11}{'shown':>7}{'P@10':>7}{'R-prec':>8}")
    for each in found:
        line = f"{each.relevant:>11}{each.shown:>7}{each.precision:>7.2f}{each.r_precision:>8.2f}"
        print(f"  {each.query:<22}{line}")
    report_mean("all", found)


def report_mean(what: str, found: Sequence[Score]) -> None:
    precision = rounded_down(mean(each.precision for each in found))
    r_precision = rounded_down(mean(each.r_precision for each in found))
    colour = rounded_down(sum(each.right for each in found) / sum(each.of_kind for each in found))
    print(
        f"  {what}, {len(found)} queries: precision@10 {precision}, R-precision {r_precision}; "
        f"of what is of the right kind, {colour} has the right colour"
    )
    if many := [each.precision for each in found if each.relevant >= SHOWN]:
        print(f"  those with {SHOWN} right ones or more: {len(many)}, {rounded_down(mean(many))}")


def report_dominant(what: str, products: Sequence[Labelled]) -> None:
    """Print how often the dominant colour of the main picture is one of the labels."""
    from vrs_app.models import IndexedImage
    from vrs_app.vision.palette import dominant

    known = {product.slug: product for product in products}
    rows = IndexedImage.objects.filter(product__slug__in=known, position=0)
    measured = {
        slug: dominant(held) for slug, held in rows.values_list("product__slug", "colours")
    }
    right = [measured.get(slug) in product.colours for slug, product in known.items()]
    first = [measured.get(slug) == product.first for slug, product in known.items()]
    print(
        f"  dominant colour, {what} ({len(known)}): one of the known {rounded_down(mean(right))}, "
        f"the first of them {rounded_down(mean(first))}"
    )


def rounded_down(share: float) -> str:
    """Three decimals, rounded down."""
    return f"{int(share * 1000) / 1000:.3f}"


if __name__ == "__main__":
    main()
