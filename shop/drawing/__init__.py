"""The demo shop's catalogue, drawn by the project itself: no photo, no licence, no download."""

from .catalogue import garments
from .garment import Garment
from .pictures import draw

__all__ = ["Garment", "draw", "garments"]
