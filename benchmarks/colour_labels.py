"""Ground truth of the colour benchmark: the demo's clothes and photos, labelled by eye."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shop.loading.table import Garment

BASIC_COLOURS: Mapping[str, tuple[str, ...]] = {
    "black": ("black",),
    "white": ("white",),
    "grey": ("grey",),
    "navy": ("blue",),
    "blue": ("blue",),
    "light blue": ("blue",),
    "turquoise": ("green", "blue"),
    "green": ("green",),
    "olive": ("green",),
    "khaki": ("beige", "green", "brown"),
    "yellow": ("yellow",),
    "orange": ("orange",),
    "red": ("red",),
    "burgundy": ("red",),
    "pink": ("pink",),
    "purple": ("purple",),
    "brown": ("brown",),
    "beige": ("beige",),
    "cream": ("white", "beige"),
    "gold": ("yellow",),
    "silver": ("grey",),
}
"""Colour in the table of the demo's clothes → basic colours that a shopper may call it."""

COLOURS = tuple(sorted({basic for basics in BASIC_COLOURS.values() for basic in basics}))
KINDS: Mapping[str, frozenset[str]] = {
    "Dresses": frozenset({"dress"}),
    "Skirts": frozenset({"skirt"}),
    "Hats": frozenset({"hat"}),
    "Shoes": frozenset({"shoes"}),
    "Jumpers & tops": frozenset({"jumper", "top"}),
    "Shirts & blouses": frozenset({"shirt", "blouse"}),
    "T-shirts": frozenset({"t-shirt", "shirt"}),
    "Jackets & coats": frozenset({"jacket", "coat"}),
    "Trousers": frozenset({"trousers"}),
    "Shorts": frozenset({"shorts"}),
}
"""Category of the demo → the kinds that its name makes all of its products answer to."""
NOUNS = frozenset({"shirt", "dress", "skirt", "jacket", "bag", "hat"})
"""Kinds that a product's own name may add: a shirt dress is a shirt, too."""
LABELS = Path(__file__).resolve().parent.parent / "tests" / "photo_colours.csv"


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A product with its kinds, its colours, and its first (main) colour."""

    slug: str
    kinds: frozenset[str]
    colours: frozenset[str]
    first: str


def labelled_clothes() -> list[Labelled]:
    """The demo's clothes with the colours of their table."""
    from shop.loading.table import read

    return [_labelled(garment) for garment in read()]


def _labelled(garment: "Garment") -> Labelled:
    basics = [BASIC_COLOURS[name] for name in garment.colours]
    return Labelled(
        slug=garment.slug,
        kinds=KINDS[garment.category] | _named(garment.name),
        colours=frozenset(basic for each in basics for basic in each),
        first=basics[0][0],
    )


def _named(text: str) -> frozenset[str]:
    """The kinds that a name names."""
    return NOUNS.intersection(re.split(r"[\s-]", text.lower()))


def labelled_photos(folder: Path) -> list[Labelled]:
    """The photos labelled by eye, with the slugs that `import_photos` gives them."""
    from shop.loading.photo_folder import Photo

    found = []
    with LABELS.open(newline="") as file:
        for row in csv.DictReader(file):
            photo = Photo(root=folder, path=folder / row["photo"])
            colours = row["colours"].split(";")
            found.append(
                Labelled(
                    slug=photo.slug,
                    kinds=_named(photo.category) | {photo.category.lower()},
                    colours=frozenset(colours),
                    first=colours[0],
                )
            )
    return found


def without_colours(text: str) -> str:
    """`text` without the words for colours, of the table and of the palette."""
    return re.sub(rf"\b({'|'.join(sorted(_colour_words()))})\b", "", text, flags=re.IGNORECASE)


def _colour_words() -> Iterable[str]:
    from vrs_app.vision.colour_terms import WORDS

    return {word for text in (*BASIC_COLOURS, *WORDS["en"].values()) for word in text.split()}
