"""Every setting of this app: its name, type, default and meaning.

A shop sets what it needs in one dict, `VRS`, in its Django settings. Values are read at
use, so that Django's `override_settings(VRS={...})` works.
"""

from collections.abc import Mapping
from typing import Any, Generic, Self, TypeVar, overload

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


class Setting(Generic[T]):
    """One key of the `VRS` dict, with its default."""

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
        value: T = chosen().get(self.name, self.default)
        return value


class Settings:
    # --- the shop -----------------------------------------------------------------
    PRODUCT_MODEL = Setting("")
    """The shop's product model, "app_label.Model". The one setting without a default."""
    IMAGE_FIELD = Setting("image")
    """The product's image field, for the ready-made Catalogue."""
    CATALOGUE = Setting("vrs_app.catalogue.Catalogue")
    """Dotted path of a Catalogue subclass, for galleries, prices, stock, rules."""
    TEXT_LANGUAGE = Setting("")
    """PostgreSQL's text search configuration for titles and texts, for example "german".

    Empty: the one of the settings' LANGUAGE_CODE, "simple" where PostgreSQL has none."""
    PAUSED = Setting(False)
    """True stops the hooks on saves (imports, a shop's own tests); `vrs_embed` catches up."""

    # --- the embedder ---------------------------------------------------------------
    EMBEDDER = Setting("vrs_app.embedders.resnet50.ResNet50Embedder")
    """Dotted path of the embedder."""
    WEIGHTS = Setting("imagenet")
    """ "imagenet", or the path of a Keras weights file for ResNet50 without its top."""
    WEIGHTS_TIMEOUT = Setting(180, minimum=1)
    """Seconds that fetching the ImageNet weights may take at the worker's first use.

    Less than BATCH_TIME_LIMIT: it is within the first batch."""
    IMAGE_SIZE = Setting(224, minimum=32)
    """Side in pixels of the square that ResNet50 sees."""

    # --- the worker -----------------------------------------------------------------
    QUEUE = Setting("vrs")
    """The Celery queue of the embedding tasks."""
    BATCH_SIZE = Setting(32, minimum=1, maximum=1_000)
    """Pictures that one task claims and embeds together."""
    BATCH_TIME_LIMIT = Setting(300, minimum=10, maximum=86_400)
    """Seconds after which a batch's task is stopped; its lease ends 30 s later."""
    MAX_ATTEMPTS = Setting(3, minimum=1)
    """Times that a picture may take its worker down before it is given up."""
    BROKER_TIMEOUT = Setting(0.3, minimum=0.05, maximum=60)
    """Seconds that a save waits for the broker before it goes on without it."""
    SWEEP_SECONDS = Setting(60, minimum=1, maximum=86_400)
    """How often the shop's beat sends the sweep; `vrs_status` warns when it is late."""
    RECONCILE_HOURS = Setting(24, minimum=1, maximum=876_000)
    """How often the sweep compares the whole catalogue with its image rows."""
    CHECK_FILES_DAYS = Setting(7, minimum=0, maximum=36_500)
    """Age at which a worker reads a picture's file once more, to see that its bytes are the same.

    0: never; `vrs_reconcile` reads them all."""

    # --- pictures -------------------------------------------------------------------
    MAX_IMAGE_BYTES = Setting(25_000_000, minimum=1)
    MAX_IMAGE_PIXELS = Setting(50_000_000, minimum=1)
    """Width × height × frames; checked before anything is decoded."""
    MAX_IMAGE_MEMORY = Setting(100_000_000, minimum=40_000_000)
    """Bytes that reading one picture may take, its file included; told from its header."""
    IMAGE_FORMATS = Setting(("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"))
    """Pillow's names of the formats that are opened; no other decoder is tried."""

    # --- answers --------------------------------------------------------------------
    LIMIT = Setting(12, minimum=1)
    """Products in a carousel that names no limit of its own."""
    MINIMUM = Setting(4, minimum=1)
    """Fewer products than this, fallback included, and the carousel shows nothing."""
    THRESHOLD = Setting(-1.0, minimum=-1, maximum=1)
    """The lowest cosine similarity (-1 to 1) that still counts as similar."""
    SOURCES = Setting(("visual", "text", "category", "newest"))
    """Where a carousel's products come from; the next is asked while they are too few."""
    HIDE_OUT_OF_STOCK = Setting(True)
    """Leave out what the Catalogue's `in_stock` leaves out."""
    DUPLICATE_THRESHOLD = Setting(0.997, minimum=0)
    """Products at least so similar to each other are one item; above 1, none are.

    The same photo in another size or quality is; the same cut in another colour is not."""
    DIVERSITY = Setting(0.0, minimum=0, maximum=1)
    """0 shows the most similar products, 1 those that differ most from each other."""
    CANDIDATES = Setting(50, minimum=1, maximum=1000)
    """Nearest products among which `diversity` chooses."""
    CAMPAIGN = Setting[Mapping[str, str]]({})
    """URL parameters of each recommended product's link, for the shop's own analytics.

    `{source}` and `{position}` in a value stand for the item's."""
    EF_SEARCH = Setting(400, minimum=1, maximum=1000)
    """Pictures that the HNSW index looks at, at least; more finds more and takes longer.

    pgvector itself takes 1 to 1000."""

    # --- searching ------------------------------------------------------------------
    ALPHA = Setting(0.5, minimum=0, maximum=1)
    """Weight of the image in a search by image and words: 1 is image only, 0 words only."""
    EXPAND = Setting(True)
    """Fill up a search by words with products that look like the best that the words found."""
    PHOTO_QUEUE = Setting("vrs-photos")
    """The Celery queue of photo searches, for a worker process of its own."""
    PHOTO_TIMEOUT = Setting(5.0, minimum=0.1, maximum=600)
    """Seconds that a shopper waits for that worker at most."""
    PHOTO_CACHE = Setting("default")
    """The cache, one that all processes share, in which a photo lies for those seconds."""
    PHOTOS_AT_ONCE = Setting(8, minimum=1)
    """Photo searches at the same time, of all visitors together; one more is asked to wait."""

    # --- what shoppers did: contrib.history ------------------------------------------
    INTERESTS = Setting(4, minimum=1, maximum=20)
    """Different tastes of one shopper at most that recommendations are made from."""
    HALF_LIFE_DAYS = Setting(30.0, minimum=0.1)
    """Age at which what a shopper did counts half."""
    HISTORY_DAYS = Setting(365, minimum=1, maximum=36_500)
    """Age at which what a shopper did is forgotten."""

    # --- the HTTP API ------------------------------------------------------------------
    API_MAX_LIMIT = Setting(100, minimum=1, maximum=1000)
    """Products at most that one answer of the API holds."""
    API_MAX_AGE = Setting(0, minimum=0)
    """Seconds that a browser may keep an answer, which may then show what was hidden meanwhile.

    Caches that visitors share keep none. 0: each is asked for anew, and answered with 304
    where nothing changed."""
    API_PERMISSIONS = Setting(("rest_framework.permissions.AllowAny",))
    """Dotted paths of REST framework permissions; all must allow a request."""
    API_THROTTLES = Setting[Mapping[str, str]]({})
    """How often one visitor may ask, such as {"similar": "120/min"}.

    Also "carousel", "search", "photo" and "recommendations"."""


conf = Settings()


def chosen() -> Mapping[str, Any]:
    """What the shop wrote, as it stands in its settings now; a check refuses all but a dict."""
    written = getattr(settings, "VRS", {})
    return written if isinstance(written, dict) else {}


def known() -> dict[str, Setting[Any]]:
    """Every setting by its name."""
    return {name: value for name, value in vars(Settings).items() if isinstance(value, Setting)}


def product_model_label() -> str:
    """`VRS["PRODUCT_MODEL"]`; raises ImproperlyConfigured, since no model can do without."""
    label = conf.PRODUCT_MODEL
    if not isinstance(label, str) or label.count(".") != 1:
        raise ImproperlyConfigured(
            f'VRS["PRODUCT_MODEL"] is {label!r}. Name your product model in your settings: '
            'VRS = {"PRODUCT_MODEL": "yourapp.Product"}.'
        )
    return label
