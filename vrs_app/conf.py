"""Every setting of this app: name, type, default and meaning.

A shop puts them into one dict, `VRS`, in its Django settings. Values are looked up at each
use, so that Django's `override_settings(VRS={...})` works. The documentation's page of settings
is made from this file: the string below a setting, in Markdown, is what a shop reads about it.
"""

from collections.abc import Mapping
from typing import Any, Generic, Self, TypeVar, overload

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


class Setting(Generic[T]):
    """A descriptor for one key of the `VRS` dict: its default, and its bounds, both included."""

    def __init__(
        self, default: T, *, minimum: float | None = None, maximum: float | None = None
    ) -> None:
        self.default = default
        self.minimum = minimum
        self.maximum = maximum

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Self | T:
        if instance is None:
            return self
        value: T = shop_settings().get(self.name, self.default)
        return value


class Settings:
    """All settings, as attributes that return the shop's value or the default."""

    # --- the shop -----------------------------------------------------------------
    PRODUCT_MODEL = Setting("")
    """Your product model, `"app.Model"`."""
    IMAGE_FIELD = Setting("image")
    """The product's image field, for a shop without a `CATALOGUE` of its own."""
    CATALOGUE = Setting("vrs_app.catalogue.Catalogue")
    """Dotted path of your `Catalogue` subclass."""
    TEXT_LANGUAGE = Setting("")
    """PostgreSQL's text search configuration for titles and texts, such as `"german"`.

    Empty: the one of your `LANGUAGE_CODE`, `"simple"` where PostgreSQL has none for it."""
    PAUSED = Setting(False)
    """`True`: saves append and enqueue nothing, as in imports; `vrs_embed` catches up."""

    # --- the embedder ---------------------------------------------------------------
    EMBEDDER = Setting("vrs_app.embedders.resnet50.ResNet50Embedder")
    """Dotted path of the embedder."""
    WEIGHTS = Setting("imagenet")
    """Either `"imagenet"`, or the path of a Keras weights file for ResNet50 without its top."""
    WEIGHTS_TIMEOUT = Setting(180, minimum=1)
    """Seconds that fetching ImageNet's weights may take, within the first batch.

    Must be less than `BATCH_TIME_LIMIT`."""
    IMAGE_SIZE = Setting(224, minimum=32)
    """Side in pixels of the square that ResNet50 sees."""

    # --- the worker -----------------------------------------------------------------
    QUEUE = Setting("vrs")
    """The Celery queue of the worker."""
    BATCH_SIZE = Setting(32, minimum=1, maximum=1_000)
    """Pictures that one task claims and embeds together."""
    BATCH_TIME_LIMIT = Setting(300, minimum=10, maximum=86_400)
    """Seconds after which a batch is stopped, by Celery's soft time limit.

    The lease of its pictures ends 30 seconds later."""
    MAX_ATTEMPTS = Setting(3, minimum=1)
    """Times that a picture may take its worker down before it is given up."""
    BROKER_TIMEOUT = Setting(0.3, minimum=0.05, maximum=60)
    """Seconds that a save waits for the broker at most, before it goes on without."""
    SWEEP_SECONDS = Setting(60, minimum=1, maximum=86_400)
    """How often, in seconds, your beat sends the sweep; `vrs_status` warns when it is late."""
    RECONCILE_HOURS = Setting(24, minimum=1, maximum=876_000)
    """How often, in hours, the sweep looks through the whole catalogue."""
    CHECK_FILES_DAYS = Setting(7, minimum=0, maximum=36_500)
    """Days after which a worker reads a picture's file once more, to compare its bytes.

    `0`: never; `vrs_reconcile` reads all files."""

    # --- pictures -------------------------------------------------------------------
    MAX_IMAGE_BYTES = Setting(25_000_000, minimum=1)
    """Bytes of a picture's file; larger files are refused."""
    MAX_IMAGE_PIXELS = Setting(50_000_000, minimum=1)
    """Width × height × frames; more are refused before anything is decoded."""
    MAX_IMAGE_MEMORY = Setting(100_000_000, minimum=40_000_000)
    """Bytes of memory that reading one picture may take, its file included.

    It is estimated from the file's header; more is refused before decoding. JPEGs as cameras write
    them fit up to 50 million pixels, PNG to 20, HEIC of phones to 13, WebP and AVIF to 5: raise
    it for larger ones. An iPhone's HEIC of 48 million pixels takes 325 million bytes."""
    IMAGE_FORMATS = Setting(("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF"))
    """Formats that are opened, by Pillow's names; no other decoder is tried.

    HEIF, the HEIC of iPhones, needs the extra `heif`; without it such a file is refused with that
    reason."""

    # --- answers --------------------------------------------------------------------
    LIMIT = Setting(12, minimum=1)
    """Products in a carousel that names no limit of its own."""
    MINIMUM = Setting(4, minimum=1)
    """Fewer products than this, and the carousel shows nothing."""
    THRESHOLD = Setting(-1.0, minimum=-1, maximum=1)
    """The lowest cosine similarity, -1 to 1, that counts as similar."""
    SOURCES = Setting(("visual", "text", "category", "newest"))
    """Where a carousel's products come from, in order.

    The next source is used while there are fewer products than `MINIMUM`."""
    HIDE_OUT_OF_STOCK = Setting(True)
    """Leave out what the Catalogue's `in_stock` leaves out."""
    DUPLICATE_THRESHOLD = Setting(0.997, minimum=0)
    """Products at least so similar to each other are one item; above 1, none are.

    One photo in two sizes or qualities is; the same cut in another colour is not."""
    DIVERSITY = Setting(0.0, minimum=0, maximum=1)
    """0 shows the most similar products, towards 1 more variety."""
    CANDIDATES = Setting(50, minimum=1, maximum=1000)
    """Nearest products among which `DIVERSITY` chooses."""
    CAMPAIGN = Setting[Mapping[str, str]]({})
    """URL parameters of recommended products' links, for your own analytics.

    `{source}` and `{position}` in a value are replaced by the item's."""
    EF_SEARCH = Setting(400, minimum=1, maximum=1000)
    """Pictures that the index looks at, pgvector's `hnsw.ef_search`.

    More finds more and takes longer."""

    # --- searching ------------------------------------------------------------------
    ALPHA = Setting(0.5, minimum=0, maximum=1)
    """Weight of the image in a search by image and words: 1 is image only, 0 words only."""
    EXPAND = Setting(True)
    """Fill up a search by words with what looks like the best that they found."""
    PHOTO_QUEUE = Setting("vrs-photos")
    """The Celery queue of photo searches, for a worker of its own."""
    PHOTO_TIMEOUT = Setting(5.0, minimum=0.1, maximum=600)
    """Seconds that a shopper waits for that worker at most."""
    PHOTO_CACHE = Setting("default")
    """The cache, one that all processes share, in which a photo lies for those seconds."""
    PHOTOS_AT_ONCE = Setting(8, minimum=1)
    """Photo searches at the same time, of all visitors together; further ones are refused."""

    # --- what shoppers did: contrib.history ------------------------------------------
    INTERESTS = Setting(4, minimum=1, maximum=20)
    """Different tastes (clusters) of one shopper at most."""
    HALF_LIFE_DAYS = Setting(30.0, minimum=0.1)
    """Age in days at which what a shopper did counts half."""
    HISTORY_DAYS = Setting(365, minimum=1, maximum=36_500)
    """Age in days at which what a shopper did is forgotten."""

    # --- the HTTP API ------------------------------------------------------------------
    API_MAX_LIMIT = Setting(100, minimum=1, maximum=1000)
    """Products at most in one answer of the API."""
    API_MAX_AGE = Setting(0, minimum=0)
    """Seconds that a browser may keep an answer, which may then show what was hidden meanwhile.

    Caches that visitors share keep none. `0`: each is asked for anew, and costs a 304 if nothing
    changed."""
    API_PERMISSIONS = Setting(("rest_framework.permissions.AllowAny",))
    """Dotted paths of REST framework permissions; all must allow a request."""
    API_THROTTLES = Setting[Mapping[str, str]]({})
    """How often one visitor may ask, such as `{"similar": "120/min"}`.

    Also `"carousel"`, `"search"`, `"photo"` and `"recommendations"`, which counts the plain form
    `note/` of `vrs_app.contrib.history.urls` too."""


conf = Settings()


def shop_settings() -> Mapping[str, Any]:
    """The shop's `VRS` dict as it is now; empty if it is no dict, which a check reports."""
    written = getattr(settings, "VRS", {})
    return written if isinstance(written, dict) else {}


def all_settings() -> dict[str, Setting[Any]]:
    """Every setting's definition, by name."""
    return {name: value for name, value in vars(Settings).items() if isinstance(value, Setting)}


def product_model_label() -> str:
    """`VRS["PRODUCT_MODEL"]`; raises ImproperlyConfigured if it is not "app_label.Model"."""
    label = conf.PRODUCT_MODEL
    if not isinstance(label, str) or label.count(".") != 1:
        raise ImproperlyConfigured(
            f'VRS["PRODUCT_MODEL"] is {label!r}. Name your product model in your settings: '
            'VRS = {"PRODUCT_MODEL": "yourapp.Product"}.'
        )
    return label
