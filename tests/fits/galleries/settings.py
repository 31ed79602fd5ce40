from tests.fits.shop_settings import *  # noqa: F403
from tests.fits.shop_settings import DJANGO
from tests.fits.shop_settings import VRS as SHARED

INSTALLED_APPS = [*DJANGO, "taggit", "sortedm2m", "reversion", "tests.fits.galleries"]
VRS = {
    **SHARED,
    "PRODUCT_MODEL": "galleries.Product",
    "CATALOGUE": "tests.fits.galleries.visual.ShopCatalogue",
}
