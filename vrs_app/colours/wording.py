"""The words by which shoppers call the colours."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import override, pgettext_lazy

from .palette import called

WORDS = {
    "black": pgettext_lazy("words for a colour", "black"),
    "charcoal": pgettext_lazy("words for a colour", "charcoal anthracite dark"),
    "grey": pgettext_lazy("words for a colour", "grey gray"),
    "light grey": pgettext_lazy("words for a colour", "light silver"),
    "white": pgettext_lazy("words for a colour", "white"),
    "cream": pgettext_lazy("words for a colour", "cream ivory ecru"),
    "beige": pgettext_lazy("words for a colour", "beige sand nude"),
    "taupe": pgettext_lazy("words for a colour", "taupe"),
    "camel": pgettext_lazy("words for a colour", "camel tan"),
    "brown": pgettext_lazy("words for a colour", "brown"),
    "red": pgettext_lazy("words for a colour", "red"),
    "burgundy": pgettext_lazy("words for a colour", "burgundy maroon wine dark"),
    "pink": pgettext_lazy("words for a colour", "pink rose"),
    "fuchsia": pgettext_lazy("words for a colour", "fuchsia magenta"),
    "coral": pgettext_lazy("words for a colour", "coral salmon"),
    "orange": pgettext_lazy("words for a colour", "orange"),
    "peach": pgettext_lazy("words for a colour", "peach apricot"),
    "yellow": pgettext_lazy("words for a colour", "yellow"),
    "mustard": pgettext_lazy("words for a colour", "mustard ochre"),
    "olive": pgettext_lazy("words for a colour", "olive khaki"),
    "green": pgettext_lazy("words for a colour", "green"),
    "dark green": pgettext_lazy("words for a colour", "dark bottle"),
    "mint": pgettext_lazy("words for a colour", "mint light"),
    "teal": pgettext_lazy("words for a colour", "teal petrol"),
    "turquoise": pgettext_lazy("words for a colour", "turquoise aqua"),
    "light blue": pgettext_lazy("words for a colour", "light sky"),
    "blue": pgettext_lazy("words for a colour", "blue"),
    "navy": pgettext_lazy("words for a colour", "navy dark"),
    "purple": pgettext_lazy("words for a colour", "purple violet plum"),
    "lilac": pgettext_lazy("words for a colour", "lilac lavender light"),
}
"""By the names of the palette; a shade has the words of its basic colours besides."""


NAMED_FROM = 0.3
"""Share of the garment from which shoppers call it by a colour."""


def words_of(colours: Mapping[str, float]) -> str:
    """Each word once per tenth of the garment that it fits, in the shop's language.

    So that PostgreSQL, which counts how often a word occurs, ranks by the share. Of a garment of
    many small colours the largest are named. Names that the palette does not know (any more)
    are passed over.
    """
    shares = called(colours)
    least = min(NAMED_FROM, max(shares.values(), default=0.0))
    with override(settings.LANGUAGE_CODE):
        return " ".join(
            " ".join([str(WORDS[name])] * max(round(10 * share), 1))
            for name, share in shares.items()
            if share >= least
        )
