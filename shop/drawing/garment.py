"""What the demo shop knows of one garment."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Garment:
    """One product of the demo catalogue; `views` are what `draw` can show of it."""

    slug: str
    name: str
    description: str
    category: str
    kind: str
    colour: str
    pattern: str
    price: Decimal
    stock: int
    views: tuple[str, ...]
