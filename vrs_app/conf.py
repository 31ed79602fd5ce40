"""Every setting of this app: name, type, default and meaning.

A shop puts them into one dict, `VRS`, in its Django settings. Values are looked up at each
use, so that Django's `override_settings(VRS={...})` works.
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
    """The shop's product model, "app_label.Model". Required."""
    IMAGE_FIELD = Setting("image")
    """The product's image field, for a shop without a Catalogue subclass."""
    CATALOGUE = Setting("vrs_app.catalogue.Catalogue")
    """Dotted path of the shop's Catalogue subclass."""
    TEXT_LANGUAGE = Setting("")
    """PostgreSQL's text search configuration for titles and texts, for example "german".

    Empty: that of LANGUAGE_CODE, "simple" if PostgreSQL has none for it."""
    PAUSED = Setting(False)
    """True turns the signal receivers off, for imports and tests; `vrs_embed` catches up."""

    # --- the embedder ---------------------------------------------------------------
    EMBEDDER = Setting("vrs_app.embedders.resnet50.ResNet50Embedder")
    """Dotted path of the embedder."""
    WEIGHTS = Setting("imagenet")
    """ "imagenet", or the path of a Keras weights file for ResNet50 without its top."""
    WEIGHTS_TIMEOUT = Setting(180, minimum=1)
    """Seconds that the download of the ImageNet weights may take, within the first batch.

    Must be less than BATCH_TIME_LIMIT."""
    IMAGE_SIZE = Setting(224, minimum=32)
    """Side in pixels of ResNet50's square input."""

    # --- the worker -----------------------------------------------------------------
    QUEUE = Setting("vrs")
    """The Celery queue of the embedding tasks."""
    BATCH_SIZE = Setting(32, minimum=1, maximum=1_000)
    """Pictures that one task claims and embeds together."""
    BATCH_TIME_LIMIT = Setting(300, minimum=10, maximum=86_400)
    """Soft time limit of a batch's task in seconds; its lease ends 30 s later."""
    MAX_ATTEMPTS = Setting(3, minimum=1)
    """Attempts that may end with a lost worker before the picture fails."""
    BROKER_TIMEOUT = Setting(0.3, minimum=0.05, maximum=60)
    """Seconds that a save waits for the broker at most."""
    SWEEP_SECONDS = Setting(60, minimum=1, maximum=86_400)
    """Interval in seconds at which the shop's beat sends the sweep; `vrs_status` warns if late."""
    RECONCILE_HOURS = Setting(24, minimum=1, maximum=876_000)
    """Interval in hours at which the sweep reconciles the whole catalogue."""
    CHECK_FILES_DAYS = Setting(7, minimum=0, maximum=36_500)
    """Days after which a worker reads a picture's file again, to compare its bytes.

    0: never; `vrs_reconcile` reads all files."""

    # --- pictures -------------------------------------------------------------------
    MAX_IMAGE_BYTES = Setting(25_000_000, minimum=1)
    """Size of a picture's file."""
    MAX_IMAGE_PIXELS = Setting(50_000_000, minimum=1)
    """Width × height × frames, checked before anything is decoded."""
    MAX_IMAGE_MEMORY = Setting(100_000_000, minimum=40_000_000)
    """Bytes of memory that loading one picture may take, estimated from its header."""
    IMAGE_FORMATS = Setting(("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"))
    """Pillow's names of the accepted formats; no other decoder is tried."""

    # --- answers --------------------------------------------------------------------
    LIMIT = Setting(12, minimum=1)
    """Products in a carousel that names no limit of its own."""
    MINIMUM = Setting(4, minimum=1)
    """Fewer products than this, with fallback, and the carousel shows nothing."""
    THRESHOLD = Setting(-1.0, minimum=-1, maximum=1)
    """The lowest cosine similarity (-1 to 1) that still counts as similar."""
    SOURCES = Setting(("visual", "text", "category", "newest"))
    """Sources of a carousel's products, in order; each is used while there are too few."""
    HIDE_OUT_OF_STOCK = Setting(True)
    """Whether the Catalogue's `in_stock` filter is applied."""
    DUPLICATE_THRESHOLD = Setting(0.997, minimum=0)
    """Cosine similarity from which products are near-duplicates and one item; above 1: none are.

    The same photo in another size or quality is one; the same cut in another colour is not."""
    DIVERSITY = Setting(0.0, minimum=0, maximum=1)
    """Weight of variety in re-ranking: 0 for the most similar products, 1 for the most varied."""
    CANDIDATES = Setting(50, minimum=1, maximum=1000)
    """Nearest products that are re-ranked for `diversity`."""
    CAMPAIGN = Setting[Mapping[str, str]]({})
    """URL parameters of each recommended product's link, for the shop's own analytics.

    `{source}` and `{position}` in a value are replaced by the item's."""
    EF_SEARCH = Setting(400, minimum=1, maximum=1000)
    """pgvector's `hnsw.ef_search`, 1 to 1000: more gives a higher recall and takes longer."""

    # --- searching ------------------------------------------------------------------
    ALPHA = Setting(0.5, minimum=0, maximum=1)
    """Weight of the image in a search by image and words: 1 is image only, 0 words only."""
    EXPAND = Setting(True)
    """Whether a search by words is filled up with products that look like its best results."""
    PHOTO_QUEUE = Setting("vrs-photos")
    """The Celery queue of photo searches, for a worker process of its own."""
    PHOTO_TIMEOUT = Setting(5.0, minimum=0.1, maximum=600)
    """Deadline of a photo search in seconds."""
    PHOTO_CACHE = Setting("default")
    """The cache, shared by all processes, that holds a photo until its deadline."""
    PHOTOS_AT_ONCE = Setting(8, minimum=1)
    """Photo searches at the same time, of all visitors together; further ones are refused."""

    # --- what shoppers did: contrib.history ------------------------------------------
    INTERESTS = Setting(4, minimum=1, maximum=20)
    """Interests (clusters) of one shopper at most."""
    HALF_LIFE_DAYS = Setting(30.0, minimum=0.1)
    """Half-life in days of the weight of an interaction."""
    HISTORY_DAYS = Setting(365, minimum=1, maximum=36_500)
    """Age in days at which an interaction is deleted."""

    # --- the HTTP API ------------------------------------------------------------------
    API_MAX_LIMIT = Setting(100, minimum=1, maximum=1000)
    """Products in one response at most."""
    API_MAX_AGE = Setting(0, minimum=0)
    """Seconds that a browser may cache a response, which may then show hidden products.

    Shared caches store none. 0: each is revalidated, with a 304 if nothing changed."""
    API_PERMISSIONS = Setting(("rest_framework.permissions.AllowAny",))
    """Dotted paths of REST framework permissions, all of which must allow a request."""
    API_THROTTLES = Setting[Mapping[str, str]]({})
    """Rate limits per visitor, such as {"similar": "120/min"}.

    Also "carousel", "search", "photo" and "recommendations"."""


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
