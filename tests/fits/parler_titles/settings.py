from tests.fits.shop_settings import *  # noqa: F403
from tests.fits.shop_settings import DJANGO
from tests.fits.shop_settings import VRS as SHARED

INSTALLED_APPS = [*DJANGO, "parler", "reversion", "tests.fits.parler_titles"]
LANGUAGES = [("en", "English"), ("de", "German")]
PARLER_LANGUAGES = {None: ({"code": "en"}, {"code": "de"}), "default": {"fallbacks": ["en"]}}
VRS = {
    **SHARED,
    "PRODUCT_MODEL": "parler_titles.Product",
    "CATALOGUE": "tests.fits.parler_titles.visual.ShopCatalogue",
}
