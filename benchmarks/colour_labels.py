"""Ground truth of the colour benchmark: the colours drawn, and photos labelled by eye."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shop.drawing.catalogue import Design

BASIC_COLOURS: Mapping[str, tuple[str, ...]] = {
    "white": ("white",),
    "cream": ("white", "beige"),
    "sand": ("beige",),
    "mustard": ("yellow",),
    "orange": ("orange",),
    "coral": ("pink", "orange", "red"),
    "red": ("red",),
    "burgundy": ("red",),
    "pink": ("pink",),
    "lilac": ("purple",),
    "plum": ("purple",),
    "sky blue": ("blue",),
    "cobalt": ("blue",),
    "navy": ("blue",),
    "teal": ("green", "blue"),
    "mint": ("green",),
    "green": ("green",),
    "olive": ("green",),
    "brown": ("brown",),
    "grey": ("grey",),
    "black": ("black",),
}
"""Colour that the demo's garments are drawn in → basic colours that a shopper may call it."""

COLOURS = tuple(sorted({basic for basics in BASIC_COLOURS.values() for basic in basics}))
KINDS = {"sweater": "knitwear"}
"""Names of kinds in the demo shop, where they differ."""
LABELS = Path(__file__).resolve().parent.parent / "tests" / "photo_colours.csv"


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A product with its kinds, its colours, and its first (main) colour."""

    slug: str
    kinds: frozenset[str]
    colours: frozenset[str]
    first: str


def drawn_garments() -> list[Labelled]:
    """The demo's garments, with the colours of ground and printed pattern."""
    from shop.drawing.catalogue import designs

    found = []
    for slug, design in designs().items():
        garment = design.garment
        names = {garment.colour} | ({design.figure} if garment.pattern != "plain" else set())
        colours = frozenset(basic for name in names for basic in BASIC_COLOURS[name])
        first = BASIC_COLOURS[garment.colour][0]
        found.append(Labelled(slug=slug, kinds=_kinds(design), colours=colours, first=first))
    return found


def _kinds(design: "Design") -> frozenset[str]:
    return _named(KINDS.get(design.garment.kind, design.garment.kind), design.cut.noun)


def _named(kind: str, noun: str) -> frozenset[str]:
    """A kind, and those named by a noun: a shirt dress and a T-shirt are shirts too."""
    named = set(re.split(r"[\s-]", noun.lower()))
    return frozenset({kind, *(named & {"shirt", "dress", "skirt", "jacket", "bag", "hat"})})


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
                    kinds=_named(photo.category.lower(), photo.category),
                    colours=frozenset(colours),
                    first=colours[0],
                )
            )
    return found


def without_colours(text: str) -> str:
    """`text` without the words for colours, of the drawing and of the palette."""
    return re.sub(rf"\b({'|'.join(sorted(_colour_words()))})\b", "", text, flags=re.IGNORECASE)


def _colour_words() -> Iterable[str]:
    from vrs_app.vision.colour_terms import WORDS

    return {word for text in (*BASIC_COLOURS, *WORDS["en"].values()) for word in text.split()}
