"""The named colours of the catalogue and the colours that go with them."""

Colour = tuple[int, int, int]

NAMED: dict[str, Colour] = {
    "white": (238, 236, 231),
    "cream": (232, 219, 190),
    "sand": (203, 178, 140),
    "mustard": (217, 164, 38),
    "orange": (222, 112, 42),
    "coral": (233, 116, 100),
    "red": (190, 36, 42),
    "burgundy": (112, 28, 48),
    "pink": (233, 164, 180),
    "lilac": (181, 160, 212),
    "plum": (98, 52, 104),
    "sky blue": (142, 187, 223),
    "cobalt": (38, 84, 176),
    "navy": (34, 46, 84),
    "teal": (22, 122, 126),
    "mint": (160, 212, 188),
    "green": (42, 118, 72),
    "olive": (112, 112, 58),
    "brown": (116, 74, 48),
    "grey": (142, 145, 150),
    "black": (42, 42, 46),
}

WHITE: Colour = (240, 238, 233)
INK: Colour = (40, 44, 58)
BRASS: Colour = (196, 152, 84)
STEEL: Colour = (168, 172, 178)
HORN: Colour = (92, 70, 54)
THREAD: Colour = (206, 142, 70)
RUBBER: Colour = (236, 233, 226)
LEATHER: Colour = (128, 78, 46)

# What is printed or woven on a ground, picked so that each pair is easy to tell apart.
COMPANIONS: dict[str, tuple[str, ...]] = {
    "white": ("navy", "red", "green", "cobalt", "black"),
    "cream": ("navy", "brown", "burgundy", "olive", "teal"),
    "sand": ("white", "brown", "navy", "burgundy"),
    "mustard": ("white", "navy", "brown", "cream"),
    "orange": ("cream", "white", "navy", "burgundy"),
    "coral": ("white", "cream", "navy", "burgundy"),
    "red": ("white", "cream", "navy", "black"),
    "burgundy": ("cream", "pink", "white", "mustard"),
    "pink": ("white", "burgundy", "red", "plum"),
    "lilac": ("white", "plum", "navy", "cream"),
    "plum": ("lilac", "cream", "white", "pink"),
    "sky blue": ("white", "navy", "cobalt", "cream"),
    "cobalt": ("white", "cream", "sky blue", "mustard"),
    "navy": ("white", "cream", "sky blue", "red"),
    "teal": ("cream", "white", "mint", "mustard"),
    "mint": ("white", "green", "teal", "navy"),
    "green": ("cream", "white", "mint", "navy"),
    "olive": ("cream", "sand", "white", "black"),
    "brown": ("cream", "sand", "white", "sky blue"),
    "grey": ("white", "black", "navy", "burgundy"),
    "black": ("white", "cream", "grey", "red"),
}


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`first` with `share` (0 to 1) of `second` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def brightness(colour: Colour) -> float:
    """Perceived lightness, 0 (black) to 1 (white)."""
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255


def contrast_thread(colour: Colour) -> Colour:
    """A thread that can be seen on `colour` without shouting."""
    return mix(colour, INK, 0.45) if brightness(colour) > 0.45 else mix(colour, WHITE, 0.4)
