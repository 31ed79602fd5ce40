"""Dresses: how they look, what they are made of, what they cost."""

from ..silhouettes import dresses
from .cut import ACROSS, Cut

DRESSES = (
    Cut(
        kind="dress",
        key="wrap",
        noun="wrap dress",
        draw=dresses.wrap,
        price=89,
        shape="A V-neck wrap dress that ties at the waist and moves with you",
        material="fluid viscose",
        patterns=("floral", "plain", "dots", "stripes"),
    ),
    Cut(
        kind="dress",
        key="skater",
        noun="skater dress",
        draw=dresses.skater,
        price=65,
        shape="A sleeveless dress, fitted to the waist and full below it",
        material="cotton sateen",
        patterns=("dots", "checks", "plain", "floral"),
    ),
    Cut(
        kind="dress",
        key="shirt-dress",
        noun="shirt dress",
        draw=dresses.shirtdress,
        shape="A belted shirt dress with a neat collar and elbow sleeves",
        price=79,
        material="cotton poplin",
        patterns=("stripes", "plain", "checks", "dots"),
    ),
    Cut(
        kind="dress",
        key="slip",
        noun="slip dress",
        draw=dresses.slip,
        price=75,
        shape="A long slip dress on fine straps",
        fabric="satin",
        material="washed satin",
        patterns=("plain", "floral", "plain", "dots"),
    ),
    Cut(
        kind="dress",
        key="tea",
        noun="tea dress",
        draw=dresses.tea,
        price=82,
        shape="A midi tea dress with a V-neck, short sleeves and a skirt that swings",
        material="crisp viscose",
        patterns=("floral", "dots", "plain", "checks"),
    ),
    Cut(
        kind="dress",
        key="t-shirt-dress",
        noun="T-shirt dress",
        draw=dresses.tshirt,
        shape="An easy T-shirt dress cut straight to the knee",
        price=45,
        material="heavy cotton jersey",
        patterns=("number", "stripes", "plain", "number"),
        stripes=ACROSS,
    ),
)
