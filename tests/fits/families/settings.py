import os

from tests.fits.shop_settings import *  # noqa: F403
from tests.fits.shop_settings import DJANGO
from tests.fits.shop_settings import VRS as SHARED

FAMILY = os.environ["FAMILY"]
PRODUCTS = {"proxy": "Article", "child": "Garment", "parent": "Item", "polymorphic": "Item"}
INSTALLED_APPS = [*DJANGO, "polymorphic", "tests.fits.families"]
VRS = {
    **SHARED,
    "PRODUCT_MODEL": f"families.{PRODUCTS[FAMILY]}",
    "CATALOGUE": "tests.fits.families.visual.ShopCatalogue",
}
