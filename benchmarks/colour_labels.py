"""What the colour benchmark holds for right: the drawing's own colours, and labels by eye."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shop.drawing.catalogue import Design

BASICS: Mapping[str, tuple[str, ...]] = {
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
"""The colours that the demo's garments are drawn in, and what a shopper calls each."""

COLOURS = tuple(sorted({basic for basics in BASICS.values() for basic in basics}))
KINDS = {"sweater": "knitwear"}
"""What the demo shop calls a kind, where it is not the kind's own name."""
LABELS = Path(__file__).resolve().parent.parent / "tests" / "photo_colours.csv"


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A product of which it is known what kind and which colours it is."""

    slug: str
    kinds: frozenset[str]
    colours: frozenset[str]
    first: str


def drawn() -> list[Labelled]:
    """The demo's garments: the colour of the ground, and of the pattern where one is printed."""
    from shop.drawing.catalogue import designs

    found = []
    for slug, design in designs().items():
        garment = design.garment
        names = {garment.colour} | ({design.figure} if garment.pattern != "plain" else set())
        colours = frozenset(basic for name in names for basic in BASICS[name])
        first = BASICS[garment.colour][0]
        found.append(Labelled(slug=slug, kinds=_kinds(design), colours=colours, first=first))
    return found


def _kinds(design: "Design") -> frozenset[str]:
    return _named(KINDS.get(design.garment.kind, design.garment.kind), design.cut.noun)


def _named(kind: str, noun: str) -> frozenset[str]:
    """A kind, and those that a noun names: a shirt dress and a T-shirt are shirts too."""
    named = set(re.split(r"[\s-]", noun.lower()))
    return frozenset({kind, *(named & {"shirt", "dress", "skirt", "jacket", "bag", "hat"})})


def photographed(folder: Path) -> list[Labelled]:
    """The photos that were labelled by eye, as `import_photos` names them."""
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
    """`text` without any word for a colour, the drawing's or the palette's."""
    return re.sub(rf"\b({'|'.join(sorted(_words()))})\b", "", text, flags=re.IGNORECASE)


def _words() -> Iterable[str]:
    from vrs_app.vision.colour_terms import WORDS

    return {word for text in (*BASICS, *WORDS["en"].values()) for word in text.split()}
