"""The demo shop's range: which cut comes in which colours and patterns."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from random import Random

from .chance import seeded
from .cuts import CATEGORIES, CUTS, Cut
from .garment import Garment
from .palette import COMPANIONS, NAMED
from .wording import description, print_key, product_name

EACH = 24  # garments of each kind
VARIANTS: dict[str, tuple[str, ...]] = {
    "dots": ("polka", "pin", "giant"),
    "checks": ("gingham", "tartan", "windowpane", "buffalo"),
    "floral": ("bloom", "ditsy", "meadow"),
}


@dataclass(frozen=True, kw_only=True)
class Design:
    """A garment with all that its picture depends on."""

    garment: Garment
    cut: Cut
    figure: str
    variant: str
    number: str


class _Colours:
    """Colours drawn from shuffled bags, so that neighbours in the shop differ."""

    def __init__(self) -> None:
        self.random = seeded("colours of the season")
        self.bags: dict[str, list[str]] = {}
        self.recent: deque[str] = deque(maxlen=5)

    def take(self, cut: Cut, taken: set[str]) -> str:
        allowed = cut.colours or tuple(NAMED)
        bag = self.bags.setdefault(f"{cut.kind} {cut.key if cut.colours else ''}", [])
        free = [colour for colour in allowed if colour not in taken]
        if not any(colour in free for colour in bag):
            bag[:] = free
            self.random.shuffle(bag)
        usable = [colour for colour in bag if colour in free]
        choice = next((colour for colour in usable if colour not in self.recent), usable[0])
        bag.remove(choice)
        self.recent.append(choice)
        return choice


def _variant(cut: Cut, pattern: str, turn: int) -> str:
    styles = cut.stripes if pattern == "stripes" else VARIANTS.get(pattern, ("",))
    return styles[turn % len(styles)]


def _views(cut: Cut, random: Random) -> tuple[str, ...]:
    if random.random() > 0.35:
        return ("front",)
    return ("front", "back") if cut.turned and random.random() < 0.8 else ("front", "detail")


def _price(base: int, random: Random) -> Decimal:
    whole = base + random.choice((-6, -4, 0, 0, 0, 5, 10)) * (1 if base < 100 else 2)
    return Decimal(whole - 1) + Decimal(random.choice(("0.90", "0.90", "0.90", "1.00", "0.50")))


def _design(cut: Cut, colour: str, pattern: str, variant: str, count: int) -> Design:
    style = print_key(pattern, variant) if pattern not in ("plain", "number") else pattern
    slug = "-".join(
        part
        for part in (
            style if style != "plain" else "",
            cut.key if cut.key.endswith(cut.kind) else f"{cut.key}-{cut.kind}",
            colour.replace(" ", "-"),
        )
        if part
    )
    random = seeded(slug)
    figure, number = random.choice(COMPANIONS[colour]), str(random.randint(7, 99))
    garment = Garment(
        slug=slug,
        name=product_name(cut.noun, colour, pattern, variant, number),
        description=description(
            cut.shape, cut.material, colour, figure, pattern, variant, number, cut.kind, random
        ),
        category=CATEGORIES[cut.kind],
        kind=cut.kind,
        colour=colour,
        pattern=pattern,
        price=_price(cut.price, random),
        stock=0 if count % 33 == 17 else random.randint(2, 48),
        views=_views(cut, random),
    )
    return Design(garment=garment, cut=cut, figure=figure, variant=variant, number=number)


def _range() -> Iterator[Design]:
    """One of each kind after the other, so that every page of the shop is mixed."""
    colours, taken = _Colours(), dict[tuple[str, str], set[str]]()
    turns: dict[tuple[str, str], int] = {}
    count = 0
    for place in range(EACH):
        for index, (kind, cuts) in enumerate(CUTS.items()):
            cut = cuts[(place + index) % len(cuts)]
            pattern = cut.patterns[(place // len(cuts)) % len(cut.patterns)]
            turn = turns[kind, pattern] = turns.get((kind, pattern), index) + 1
            used = taken.setdefault((cut.key + kind, pattern), set())
            colour = colours.take(cut, used)
            used.add(colour)
            yield _design(cut, colour, pattern, _variant(cut, pattern, turn), count)
            count += 1


@lru_cache(maxsize=1)
def designs() -> dict[str, Design]:
    """Every design by its garment's slug, in the shop's order."""
    return {design.garment.slug: design for design in _range()}


def garments() -> list[Garment]:
    """The whole catalogue, always in the same order."""
    return [design.garment for design in designs().values()]
