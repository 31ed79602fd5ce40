"""What colours a garment has, measured from its picture, and how shoppers call them."""

from .measuring import measured
from .wording import words_of

__all__ = ["measured", "words_of"]
