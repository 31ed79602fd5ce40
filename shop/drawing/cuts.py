"""Every cut of the catalogue: what draws it, what it is made of, how it is worn."""

from collections.abc import Callable
from dataclasses import dataclass

from .panels import Look, Sketch
from .silhouettes import (
    bags, dresses, hats, jackets, knits, shirts, shoes, skirts, tees, trousers,
)

DENIMS = ("navy", "cobalt", "sky blue", "black", "grey", "white")
HIDES = ("brown", "black", "burgundy", "sand", "olive", "navy", "red", "green")
QUIET = ("navy", "grey", "black", "sand", "olive", "burgundy", "brown", "green", "cream",
         "plum", "teal", "cobalt")
STRAWS = ("sand", "cream", "brown", "white", "mustard", "pink")

ALL = ("plain", "floral", "stripes", "dots", "checks", "plain")
SPORT = ("plain", "number", "stripes", "plain", "dots", "number")
WOVEN = ("plain", "stripes", "checks", "floral", "plain", "dots")
TAILORED = ("plain", "checks", "plain", "stripes")
PLAIN = ("plain",)
ACROSS = ("breton-across", "block-across", "candy-across")
DOWN = ("candy-down", "pin-down", "twin-down")


@dataclass(frozen=True, kw_only=True)
class Cut:
    """One shape that the shop sells in several colours and patterns."""

    kind: str
    key: str
    noun: str
    shape: str
    draw: Callable[[Look], Sketch]
    price: int
    fabric: str = "cotton"
    material: str = "soft cotton"
    patterns: tuple[str, ...] = ALL
    stripes: tuple[str, ...] = DOWN
    colours: tuple[str, ...] = ()


def _cuts(kind: str, *rows: Cut) -> tuple[Cut, ...]:
    assert all(row.kind == kind for row in rows)
    return rows


CUTS: dict[str, tuple[Cut, ...]] = {
    "dress": _cuts(
        "dress",
        Cut(kind="dress", key="wrap", noun="wrap dress", draw=dresses.wrap, price=89,
            shape="A V-neck wrap dress that ties at the waist and moves with you",
            material="fluid viscose", patterns=("floral", "plain", "dots", "stripes")),
        Cut(kind="dress", key="skater", noun="skater dress", draw=dresses.skater, price=65,
            shape="A sleeveless dress, fitted to the waist and full below it",
            material="cotton sateen", patterns=("dots", "checks", "plain", "floral")),
        Cut(kind="dress", key="shirt-dress", noun="shirt dress", draw=dresses.shirtdress,
            shape="A belted shirt dress with a neat collar and elbow sleeves",
            price=79, material="cotton poplin", patterns=("stripes", "plain", "checks", "dots")),
        Cut(kind="dress", key="slip", noun="slip dress", draw=dresses.slip, price=75,
            shape="A long slip dress on fine straps", fabric="satin", material="washed satin",
            patterns=("plain", "floral", "plain", "dots")),
        Cut(kind="dress", key="tea", noun="tea dress", draw=dresses.tea, price=82,
            shape="A midi tea dress with a V-neck, short sleeves and a skirt that swings",
            material="crisp viscose", patterns=("floral", "dots", "plain", "checks")),
        Cut(kind="dress", key="t-shirt-dress", noun="T-shirt dress", draw=dresses.tshirt,
            shape="An easy T-shirt dress cut straight to the knee", price=45,
            material="heavy cotton jersey", patterns=("number", "stripes", "plain", "number"),
            stripes=ACROSS),
    ),
    "shirt": _cuts(
        "shirt",
        Cut(kind="shirt", key="classic", noun="button-down shirt", draw=shirts.classic, price=59,
            shape="A long-sleeved shirt with a pointed collar and a chest pocket",
            material="cotton poplin", patterns=WOVEN),
        Cut(kind="shirt", key="camp", noun="camp-collar shirt", draw=shirts.camp, price=49,
            shape="A boxy holiday shirt with an open camp collar", material="airy viscose",
            patterns=("floral", "stripes", "plain", "dots", "checks")),
        Cut(kind="shirt", key="short", noun="short-sleeved shirt", draw=shirts.short, price=45,
            shape="A short-sleeved shirt with a small collar", material="cotton seersucker",
            patterns=("checks", "plain", "dots", "stripes", "floral")),
        Cut(kind="shirt", key="grandad", noun="grandad shirt", draw=shirts.grandad, price=55,
            shape="A collarless shirt with a half placket and rounded tails", fabric="linen",
            material="washed linen", patterns=("stripes", "plain", "plain", "checks")),
        Cut(kind="shirt", key="blouse", noun="blouse", draw=shirts.blouse, price=62,
            shape="A waisted blouse with full sleeves and deep cuffs", fabric="satin",
            material="silky crêpe", patterns=("dots", "floral", "plain", "stripes")),
    ),
    "t-shirt": _cuts(
        "t-shirt",
        Cut(kind="t-shirt", key="crew", noun="crew-neck T-shirt", draw=tees.crew, price=25,
            shape="A regular T-shirt with a ribbed crew neck", material="combed cotton",
            patterns=SPORT, stripes=ACROSS),
        Cut(kind="t-shirt", key="boxy", noun="boxy T-shirt", draw=tees.boxy, price=32,
            shape="A wide T-shirt with dropped shoulders", material="heavy cotton jersey",
            patterns=("number", "plain", "floral", "stripes", "checks"), stripes=ACROSS),
        Cut(kind="t-shirt", key="v-neck", noun="V-neck T-shirt", draw=tees.vee, price=25,
            shape="A light T-shirt with a V-neck", material="slub cotton",
            patterns=("plain", "dots", "stripes", "floral"), stripes=ACROSS),
        Cut(kind="t-shirt", key="breton", noun="long-sleeved top", draw=tees.longsleeve, price=39,
            shape="A long-sleeved boat-neck top", material="sturdy cotton jersey",
            patterns=("stripes", "plain", "stripes", "dots"), stripes=ACROSS),
        Cut(kind="t-shirt", key="ringer", noun="ringer T-shirt", draw=tees.ringer, price=29,
            shape="A close-fitting T-shirt with contrast neck and sleeve bands",
            material="soft cotton", patterns=("number", "plain", "plain", "number")),
        Cut(kind="t-shirt", key="polo", noun="polo shirt", draw=tees.polo, price=45,
            shape="A polo shirt with a knitted collar and a two-button placket",
            material="cotton piqué", patterns=("plain", "stripes", "checks", "plain"),
            stripes=ACROSS),
    ),
    "sweater": _cuts(
        "sweater",
        Cut(kind="sweater", key="crew", noun="crew-neck jumper", draw=knits.crew, price=75,
            shape="A chunky jumper with ribbed neck, cuffs and hem", fabric="knit",
            material="lambswool", patterns=("plain", "stripes", "number", "dots", "checks"),
            stripes=ACROSS),
        Cut(kind="sweater", key="hoodie", noun="hoodie", draw=knits.hoodie, price=59,
            shape="A hooded sweatshirt with a drawstring", material="brushed cotton fleece",
            patterns=("number", "plain", "plain", "stripes"), stripes=("block-across",)),
        Cut(kind="sweater", key="cardigan", noun="cardigan", draw=knits.cardigan, price=79,
            shape="A buttoned cardigan with a deep V-neck", fabric="wool", material="fine merino",
            patterns=("plain", "dots", "stripes", "floral"), stripes=ACROSS),
        Cut(kind="sweater", key="turtleneck", noun="turtleneck jumper", draw=knits.turtleneck,
            shape="A warm jumper with a folded turtleneck", price=85, fabric="knit",
            material="wool and alpaca", patterns=("plain", "stripes", "plain"), stripes=ACROSS),
        Cut(kind="sweater", key="v-neck", noun="V-neck jumper", draw=knits.vee, price=69,
            shape="A neat jumper with a V-neck for wearing over a shirt", fabric="wool",
            material="fine merino", patterns=("checks", "plain", "dots", "stripes"),
            stripes=ACROSS),
    ),
    "jacket": _cuts(
        "jacket",
        Cut(kind="jacket", key="bomber", noun="bomber jacket", draw=jackets.bomber, price=119,
            shape="A zipped bomber with ribbed collar, cuffs and hem", fabric="satin",
            material="matt nylon", patterns=("plain", "floral", "plain", "checks")),
        Cut(kind="jacket", key="blazer", noun="blazer", draw=jackets.blazer, price=149,
            shape="A two-button blazer with notched lapels", fabric="wool",
            material="lightweight wool", patterns=("checks", "plain", "stripes", "plain"),
            stripes=("pin-down",)),
        Cut(kind="jacket", key="trucker", noun="denim jacket", draw=jackets.trucker, price=99,
            shape="A trucker jacket with flap pockets and metal buttons", fabric="denim",
            material="rigid denim", patterns=PLAIN, colours=DENIMS),
        Cut(kind="jacket", key="puffer", noun="puffer jacket", draw=jackets.puffer, price=139,
            shape="A quilted puffer with a high collar and a full zip", fabric="satin",
            material="recycled nylon and down", patterns=("plain", "plain", "dots", "stripes"),
            stripes=("block-across",)),
        Cut(kind="jacket", key="coat", noun="double-breasted coat", draw=jackets.coat, price=219,
            shape="A knee-length double-breasted coat", fabric="wool", material="felted wool",
            patterns=("plain", "checks", "plain"), colours=QUIET),
    ),
    "trousers": _cuts(
        "trousers",
        Cut(kind="trousers", key="wide", noun="wide-leg trousers", draw=trousers.wide, price=75,
            shape="High-waisted wide-leg trousers with a pressed crease", fabric="wool",
            material="flowing twill", patterns=("stripes", "plain", "checks", "floral", "dots")),
        Cut(kind="trousers", key="jeans", noun="straight jeans", draw=trousers.jeans, price=85,
            shape="Straight five-pocket jeans with contrast stitching", fabric="denim",
            material="rigid denim", patterns=PLAIN, colours=DENIMS),
        Cut(kind="trousers", key="chinos", noun="slim chinos", draw=trousers.chinos, price=65,
            shape="Slim chinos with slanted pockets", material="brushed cotton twill",
            patterns=("plain", "plain", "checks", "stripes", "dots"), stripes=("pin-down",)),
        Cut(kind="trousers", key="joggers", noun="joggers", draw=trousers.joggers, price=49,
            shape="Relaxed joggers with a drawstring and ribbed ankles",
            material="cotton fleece", patterns=("plain", "floral", "plain", "checks")),
    ),
    "shorts": _cuts(
        "shorts",
        Cut(kind="shorts", key="swim", noun="swim shorts", draw=trousers.swim_shorts, price=35,
            shape="Quick-drying swim shorts with an elastic waist", fabric="satin",
            material="recycled polyester",
            patterns=("floral", "stripes", "number", "dots", "plain", "number")),
        Cut(kind="shorts", key="chino", noun="chino shorts", draw=trousers.chino_shorts, price=42,
            shape="Chino shorts with turned-up hems", material="cotton twill",
            patterns=("checks", "plain", "stripes", "dots", "plain", "floral")),
        Cut(kind="shorts", key="denim", noun="denim shorts", draw=trousers.denim_shorts, price=45,
            shape="Five-pocket denim shorts", fabric="denim", material="washed denim",
            patterns=PLAIN, colours=DENIMS),
        Cut(kind="shorts", key="bermuda", noun="Bermuda shorts", draw=trousers.bermudas, price=49,
            shape="Pressed Bermuda shorts to the knee", fabric="linen", material="linen blend",
            patterns=("stripes", "plain", "checks", "plain"), stripes=("pin-down", "candy-down")),
    ),
    "skirt": _cuts(
        "skirt",
        Cut(kind="skirt", key="circle", noun="circle skirt", draw=skirts.circle, price=55,
            shape="A full circle skirt that falls in deep folds", material="cotton sateen",
            patterns=("dots", "plain", "floral", "checks", "stripes"), stripes=ACROSS),
        Cut(kind="skirt", key="pencil", noun="pencil skirt", draw=skirts.pencil, price=52,
            shape="A knee-length pencil skirt, shaped at the hip", fabric="wool",
            material="stretch wool", patterns=("checks", "plain", "stripes", "plain")),
        Cut(kind="skirt", key="pleated", noun="pleated midi skirt", draw=skirts.pleated, price=65,
            shape="A midi skirt in knife pleats", fabric="satin", material="fluid crêpe",
            patterns=("plain", "plain", "dots", "checks")),
        Cut(kind="skirt", key="a-line", noun="A-line skirt", draw=skirts.aline, price=42,
            shape="A short A-line skirt with a flat waistband", material="cotton twill",
            patterns=("stripes", "floral", "plain", "checks")),
        Cut(kind="skirt", key="tiered", noun="tiered maxi skirt", draw=skirts.tiered, price=69,
            shape="A long skirt of three gathered tiers", material="cotton voile",
            patterns=("floral", "plain", "dots", "stripes"), stripes=ACROSS),
        Cut(kind="skirt", key="buttoned", noun="button-front skirt", draw=skirts.buttoned,
            shape="A short skirt, buttoned down the front, with patch pockets", price=48,
            fabric="denim", material="soft corduroy", patterns=("plain", "checks", "plain")),
    ),
    "hat": _cuts(
        "hat",
        Cut(kind="hat", key="bucket", noun="bucket hat", draw=hats.bucket, price=29,
            shape="A bucket hat with a stitched brim", fabric="canvas", material="cotton canvas",
            patterns=("floral", "plain", "checks", "dots", "stripes")),
        Cut(kind="hat", key="cap", noun="baseball cap", draw=hats.cap, price=25,
            shape="A six-panel cap with a curved peak", fabric="canvas", material="brushed cotton",
            patterns=("number", "plain", "plain", "checks", "number", "stripes")),
        Cut(kind="hat", key="pompom", noun="bobble hat", draw=hats.pompom, price=32, fabric="knit",
            shape="A knitted hat with a turned-up edge and a pompom", material="lambswool",
            patterns=("stripes", "plain", "dots", "stripes"), stripes=ACROSS[:2]),
        Cut(kind="hat", key="sun", noun="sun hat", draw=hats.sunhat, price=39, fabric="straw",
            shape="A wide-brimmed sun hat with a ribbon around the crown",
            material="plaited straw", patterns=PLAIN, colours=STRAWS),
        Cut(kind="hat", key="beanie", noun="beanie", draw=hats.beanie, price=25, fabric="knit",
            shape="A close-fitting beanie with a deep ribbed edge", material="merino wool",
            patterns=("plain", "plain", "stripes", "checks"), stripes=ACROSS[:2]),
    ),
    "shoes": _cuts(
        "shoes",
        Cut(kind="shoes", key="sneaker", noun="low sneakers", draw=shoes.sneaker, price=55,
            shape="Low lace-up sneakers on a rubber sole", fabric="canvas",
            material="cotton canvas",
            patterns=("plain", "checks", "plain", "floral", "stripes", "dots")),
        Cut(kind="shoes", key="hightop", noun="high-top sneakers", draw=shoes.hightop, price=65,
            shape="High-top sneakers, laced over the ankle", fabric="canvas",
            material="sturdy canvas", patterns=("plain", "plain", "checks", "dots", "stripes")),
        Cut(kind="shoes", key="chelsea", noun="Chelsea boots", draw=shoes.chelsea, price=139,
            shape="Ankle boots with elastic sides and a low heel", fabric="leather",
            material="polished leather", patterns=PLAIN, colours=HIDES),
        Cut(kind="shoes", key="slip-on", noun="slip-on shoes", draw=shoes.slipon, price=45,
            shape="Slip-on shoes with elastic at the sides", fabric="canvas",
            material="cotton canvas",
            patterns=("checks", "stripes", "floral", "plain", "dots")),
        Cut(kind="shoes", key="runner", noun="running shoes", draw=shoes.runner, price=95,
            shape="Cushioned running shoes with contrast overlays", fabric="satin",
            material="light mesh", patterns=PLAIN),
    ),
    "bag": _cuts(
        "bag",
        Cut(kind="bag", key="tote", noun="tote bag", draw=bags.tote, price=29, fabric="canvas",
            shape="A roomy tote with two long handles", material="organic canvas",
            patterns=("floral", "number", "stripes", "plain", "dots", "checks")),
        Cut(kind="bag", key="backpack", noun="backpack", draw=bags.backpack, price=69,
            shape="A rounded backpack with a front pocket", fabric="canvas",
            material="waxed canvas", patterns=("plain", "checks", "plain", "number", "dots")),
        Cut(kind="bag", key="crossbody", noun="shoulder bag", draw=bags.crossbody, price=99,
            shape="A flap bag on a long strap with a brass buckle", fabric="leather",
            material="smooth leather", patterns=PLAIN, colours=HIDES),
        Cut(kind="bag", key="duffel", noun="weekend bag", draw=bags.duffel, price=119,
            shape="A weekend bag with leather handles and ends", fabric="canvas",
            material="heavy canvas", patterns=("stripes", "plain", "checks", "floral"),
            stripes=ACROSS),
    ),
}

CATEGORIES: dict[str, str] = {
    "dress": "Dresses", "shirt": "Shirts", "t-shirt": "T-shirts", "sweater": "Knitwear",
    "jacket": "Jackets", "trousers": "Trousers", "shorts": "Shorts", "skirt": "Skirts",
    "hat": "Hats", "shoes": "Shoes", "bag": "Bags",
}
