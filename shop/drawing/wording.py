"""What a shop would write about a garment."""

from random import Random

PRINTS: dict[str, tuple[str, str]] = {
    "breton": ("Breton-striped", "even {figure} stripes across"),
    "block": ("Block-striped", "broad {figure} stripes"),
    "candy": ("Candy-striped", "narrow {figure} stripes"),
    "pin": ("Pinstriped", "fine {figure} pinstripes"),
    "twin": ("Twin-striped", "{figure} stripes, wide and fine by turns"),
    "pin-dots": ("Pin-dot", "tiny {figure} dots"),
    "polka": ("Polka-dot", "{figure} polka dots"),
    "giant": ("Big-dot", "large {figure} dots"),
    "gingham": ("Gingham", "a fresh {figure} gingham check"),
    "buffalo": ("Buffalo-check", "a bold {figure} buffalo check"),
    "tartan": ("Tartan", "a {figure} tartan check"),
    "windowpane": ("Windowpane-check", "a fine {figure} windowpane check"),
    "ditsy": ("Ditsy floral", "a scatter of small {figure} flowers"),
    "meadow": ("Meadow floral", "{figure} meadow flowers"),
    "bloom": ("Floral", "large {figure} blooms"),
}
CLOSINGS: dict[str, tuple[str, ...]] = {
    "hat": (
        "One size, with a soft inner band.",
        "Folds flat for travelling.",
        "Easy to wear all year round.",
    ),
    "shoes": (
        "True to size, with a padded insole.",
        "Comfortable from the first day.",
        "Made to be worn for years.",
    ),
    "bag": (
        "Room for a day's things, and a pocket inside.",
        "Made to be carried for years.",
        "Lined, with a pocket for keys.",
    ),
    "jacket": (
        "Lined, with a pocket inside.",
        "Roomy enough for a jumper beneath.",
        "Made to be worn for years.",
    ),
}
EVERYDAY = (
    "Machine-washable at 30°C.",
    "True to size.",
    "Cut for an easy fit.",
    "Smart or casual, it works all week.",
    "Soft from the first wear.",
    "Made to be worn for years.",
    "Keeps its shape wash after wash.",
)


def print_key(pattern: str, variant: str) -> str:
    """The entry of PRINTS for a pattern's variant."""
    style = variant.partition("-")[0]
    return "pin-dots" if (pattern, style) == ("dots", "pin") else style


def product_name(noun: str, colour: str, pattern: str, variant: str, number: str) -> str:
    """For example "Floral wrap dress in teal"."""
    if pattern == "plain":
        return f"{noun[0].upper()}{noun[1:]} in {colour}"
    if pattern == "number":
        return f"Number {number} {noun} in {colour}"
    return f"{PRINTS[print_key(pattern, variant)][0]} {noun} in {colour}"


def description(
    shape: str,
    material: str,
    colour: str,
    figure: str,
    pattern: str,
    variant: str,
    number: str,
    kind: str,
    random: Random,
) -> str:
    """One or two sentences with cut, colour, pattern and material."""
    if pattern == "plain":
        what = f"in plain {colour} {material}"
    elif pattern == "number":
        what = f"in {colour} {material}, with a large {figure} {number} printed on it"
    else:
        printed = PRINTS[print_key(pattern, variant)][1].format(figure=figure)
        what = f"in {colour} {material} with {printed}"
    return f"{shape}, {what}. {random.choice(CLOSINGS.get(kind, EVERYDAY))}"
