from tests.fits.shop_settings import *  # noqa: F403
from tests.fits.shop_settings import DJANGO
from tests.fits.shop_settings import VRS as SHARED

INSTALLED_APPS = ["modeltranslation", *DJANGO, "modeltrans", "tests.fits.columns"]
LANGUAGES = [("en", "English"), ("de", "German")]
VRS = {
    **SHARED,
    "PRODUCT_MODEL": "columns.Product",
    "CATALOGUE": "tests.fits.columns.visual.ShopCatalogue",
}
