"""Every name that the documents promise: shops' code, settings, databases and queues hold them.

Written out, and never derived from the code: moving or renaming a module, a task or a template
then fails `tests/test_promises.py` before it breaks a shop.
"""

from typing import Any

from shop.models import Product

# --- Python --------------------------------------------------------------------------------------

IMPORTS = {
    "vrs_app": ("photos",),
    "vrs_app.admin": ("PictureStateInline", "WaitingMixin"),
    "vrs_app.catalogue": ("Catalogue", "Interaction", "Picture"),
    "vrs_app.contrib": ("history",),
    "vrs_app.contrib.history": (
        "Kind",
        "Shopper",
        "forget",
        "interactions",
        "like_recently_viewed",
        "popular_products",
        "recently_viewed",
        "recommend_for",
        "record",
        "shopper_of",
    ),
    "vrs_app.contrib.merchandising.admin": ("MerchandisingInline",),
    "vrs_app.embedders.handcrafted": ("HandcraftedEmbedder",),
    "vrs_app.embedders.resnet50": ("ResNet50Embedder",),
    "vrs_app.exceptions": ("PhotoSearchUnavailable", "PictureError"),
    "vrs_app.photos": ("in_memory", "look"),
    "vrs_app.queries": (
        "Recommendation",
        "Recommendations",
        "more_like_these",
        "search",
        "similar_products",
        "similar_to",
    ),
    "vrs_app.receivers": ("paused",),
    "vrs_app.signals": ("embedding_failed", "embedding_ready"),
    "vrs_app.testing": ("drain",),
    # Named by the docstring of Catalogue.colour_words.
    "vrs_app.vision": ("words_of", "SHADES", "open_upright"),
}
"""What a shop may import, by module."""

URL_MODULES = (
    "vrs_app.api.urls",
    "vrs_app.contrib.history.api.urls",
    "vrs_app.contrib.history.urls",
)
"""What a shop names in `include()`."""

A_PRODUCT = Product(pk=1, name="Hat", slug="hat", price=10)

OPTIONS: dict[str, Any] = {
    "queryset": Product.objects.all(),
    "price_min": 5,
    "price_max": 50,
    "price_within": 0.2,
    "limit": 6,
    "offset": 12,
    "threshold": 0.5,
    "exclude": [2],
    "diversity": 0.3,
    "request": None,
}
"""What every question for products takes by name, each with a value that it may have."""

QUESTIONS: dict[str, dict[str, Any]] = {
    "vrs_app.queries.similar_to": {"product": A_PRODUCT},
    "vrs_app.queries.similar_products": {
        "product": A_PRODUCT,
        "minimum": 3,
        "sources": ["visual", "text", "category", "newest"],
    },
    "vrs_app.queries.search": {
        "words": "blue dress",
        "photo": None,
        "positive": [A_PRODUCT],
        "negative": [3],
        "alpha": 0.5,
        "expand": False,
    },
    "vrs_app.queries.more_like_these": {"positive": [A_PRODUCT], "negative": [3]},
    "vrs_app.contrib.history.recommend_for": {"who": None},
    "vrs_app.contrib.history.recently_viewed": {"who": None},
    "vrs_app.contrib.history.popular_products": {},
}
"""The parameters that each question takes beside OPTIONS, in their order, with such values."""

ABOUT_NO_PRODUCT = ("recommend_for", "recently_viewed", "popular_products")
"""Questions that refuse `price_within`, a share of one product's price."""

SIGNATURES = {
    "vrs_app.catalogue.Interaction": ("product", "kind", "at"),
    "vrs_app.catalogue.Picture": ("name", "width", "height"),
    "vrs_app.vision.words_of": ("colours", "language"),
    "vrs_app.vision.open_upright": ("file", "within"),
    "vrs_app.contrib.history.Shopper": ("user", "visitor"),
    "vrs_app.contrib.history.forget": ("who", "product", "kind"),
    "vrs_app.contrib.history.interactions": ("who", "product"),
    "vrs_app.contrib.history.like_recently_viewed": ("who", "options"),
    "vrs_app.contrib.history.record": ("who", "product", "kind"),
    "vrs_app.contrib.history.shopper_of": ("request",),
    "vrs_app.photos.in_memory": ("field",),
    "vrs_app.photos.look": ("file", "box"),
    "vrs_app.receivers.paused": (),
    "vrs_app.testing.drain": (),
}

CATALOGUE: dict[str, tuple[str, ...]] = {
    "watched_models": (),
    "products_of": ("row",),
    "pictures": ("product",),
    "products": (),
    "open": ("name",),
    "image_url": ("picture",),
    "thumbnail_url": ("picture",),
    "visible": ("request",),
    "in_stock": ("queryset",),
    "priced": ("queryset", "price_min", "price_max"),
    "newest": ("queryset",),
    "interactions": ("shopper",),
    "title": ("product",),
    "url": ("product",),
    "text": ("product",),
    "category": ("product",),
    "category_name": ("product",),
    "same_category": ("product", "queryset"),
    "attributes": ("product",),
    "colour_words": ("product", "colours"),
    "price": ("product",),
    "price_label": ("product",),
    "stock": ("product",),
    "date": ("product",),
}
"""The methods that a shop overrides, with the parameters that they are called with."""

CATALOGUE_PROPERTIES = ("model", "storage")

ITEM = {
    "product",
    "title",
    "url",
    "price_label",
    "image_url",
    "thumbnail_url",
    "width",
    "height",
    "position",
    "similarity",
    "source",
    "duplicates",
    "because",
    "match_level",
}
"""What may be read of each recommendation, in Python and in templates."""

VALUES = {
    "vrs_app.queries.Source": {
        "visual",
        "text",
        "category",
        "newest",
        "pinned",
        "popular",
        "viewed",
    },
    "vrs_app.queries.MatchLevel": {"full", "partial", "none"},
    "vrs_app.contrib.history.Kind": {"viewed", "liked", "cart", "bought", "dismissed"},
}
"""What code, templates and rows compare with."""

FAILURES = {
    "unreadable",
    "missing",
    "empty",
    "too_large",
    "format",
    "damaged",
    "no_content",
    "worker_lost",
    "needs_extra",
    "not_embedded",
}
"""The codes by which pictures fail: `embedding_failed` sends them, the database keeps them."""

LOGGER = "vrs_app"

# --- templates and static files ------------------------------------------------------------------

LIBRARIES: dict[str, dict[str, tuple[str, ...]]] = {
    "vrs": {
        "similar_products": ("product", "limit", "heading", "template"),
        "get_similar_products": ("product", "limit"),
    },
    "vrs_history": {
        "recommended_products": ("limit", "heading", "template", "note_url"),
        "get_recommended_products": ("limit",),
        "get_recently_viewed": ("limit",),
        "get_like_recently_viewed": ("limit",),
    },
}
"""The tags that `{% load … %}` brings, with their parameters; all take OPTIONS besides."""

BLOCKS = ("assets", "carousel_classes", "item_reason", "item_actions")
TEMPLATES = ("vrs_app/similar_products.html", "vrs_history/recommended_products.html")
"""What a shop may replace, or extend by BLOCKS."""

CONTEXT = ("items", "heading", "heading_id")
"""What a shop's own template gets of `{% similar_products … template=… %}`."""

STATIC_FILES = (
    "vrs_app/carousel.css",
    "vrs_app/carousel.js",
    "vrs_app/fragment.js",
    "vrs_history/recommended.css",
)

CSS_VARIABLES = (
    "--vrs-item-width",
    "--vrs-gap",
    "--vrs-image-ratio",
    "--vrs-image-fit",
    "--vrs-radius",
    "--vrs-bleed",
    "--vrs-space",
    "--vrs-heading-size",
    "--vrs-text",
    "--vrs-accent",
    "--vrs-surface",
    "--vrs-button",
    "--vrs-border",
)

# --- addresses -----------------------------------------------------------------------------------

ADDRESSES = {
    "vrs_api:similar": "/api/products/7/similar/",
    "vrs_api:carousel": "/api/products/7/carousel/",
    "vrs_api:search": "/api/search/",
    "vrs_api:photo": "/api/search/image/",
    "vrs_api:schema": "/api/schema/",
    "vrs_api:docs": "/api/docs/",
    "vrs_history_api:recommendations": "/api/recommendations/",
    "vrs_history_api:interactions": "/api/interactions/",
    "vrs_history:note": "/history/note/",
    "admin:vrs_app_indexedimage_changelist": "/admin/vrs_app/indexedimage/",
    "admin:vrs_merchandising_coveragerow_changelist": "/admin/vrs_merchandising/coveragerow/",
}
"""By the names of the URLs, included as the documents say."""

NARROWING = {"limit", "threshold", "price_min", "price_max", "exclude", "diversity"}
SEARCHING = {"offset", "price_within", "words", "positive", "negative", "alpha", "expand"}
BESIDE_A_PRODUCT = {"id", "price_within", "minimum", "sources"}
OPERATIONS = {
    "GET /api/products/{id}/similar/": NARROWING | BESIDE_A_PRODUCT | {"offset"},
    "GET /api/products/{id}/carousel/": NARROWING | BESIDE_A_PRODUCT | {"heading"},
    "GET /api/search/": NARROWING | SEARCHING,
    "POST /api/search/image/": NARROWING | SEARCHING | {"image", "box", "csrfmiddlewaretoken"},
    "GET /api/recommendations/": NARROWING | {"offset"},
    "POST /api/interactions/": {"product", "kind"},
    "DELETE /api/interactions/": {"product", "kind"},
}
"""What each operation of the API takes."""

OF_EACH = {"id", "title", "url", "price_label", "price", "image", "similarity", "source"}
OF_EACH |= {"position"}
ANSWERS = {
    "SimilarPage": {"next", "previous", "results"},
    "SimilarWithDuplicates": OF_EACH | {"duplicates"},
    "Similar": OF_EACH,
    "Image": {"url", "thumbnail_url", "width", "height"},
    "FoundPage": {"next", "previous", "results"},
    "PhotoPage": {"next_offset", "previous_offset", "results"},
    "Found": OF_EACH | {"duplicates", "because", "match_level"},
    "LikenedTo": {"id", "title", "url"},
    "RecommendedPage": {"next", "previous", "results"},
    "Recommended": OF_EACH | {"duplicates", "because", "match_level", "reason"},
}
"""The objects that the API answers with, as its description names them."""

# --- settings and checks -------------------------------------------------------------------------

SETTINGS: dict[str, Any] = {
    "PRODUCT_MODEL": "",
    "IMAGE_FIELD": "image",
    "CATALOGUE": "vrs_app.catalogue.Catalogue",
    "TEXT_LANGUAGE": "",
    "PAUSED": False,
    "EMBEDDER": "vrs_app.embedders.resnet50.ResNet50Embedder",
    "WEIGHTS": "imagenet",
    "WEIGHTS_TIMEOUT": 180,
    "IMAGE_SIZE": 224,
    "QUEUE": "vrs",
    "BATCH_SIZE": 32,
    "BATCH_TIME_LIMIT": 300,
    "MAX_ATTEMPTS": 3,
    "BROKER_TIMEOUT": 0.3,
    "SWEEP_SECONDS": 60,
    "RECONCILE_HOURS": 24,
    "CHECK_FILES_DAYS": 7,
    "MAX_IMAGE_BYTES": 25_000_000,
    "MAX_IMAGE_PIXELS": 50_000_000,
    "MAX_IMAGE_MEMORY": 100_000_000,
    "IMAGE_FORMATS": ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF"),
    "LIMIT": 12,
    "MINIMUM": 4,
    "THRESHOLD": -1.0,
    "SOURCES": ("visual", "text", "category", "newest"),
    "HIDE_OUT_OF_STOCK": True,
    "DUPLICATE_THRESHOLD": 0.997,
    "DIVERSITY": 0.0,
    "CANDIDATES": 50,
    "CAMPAIGN": {},
    "EF_SEARCH": 400,
    "ALPHA": 0.5,
    "EXPAND": True,
    "PHOTO_QUEUE": "vrs-photos",
    "PHOTO_TIMEOUT": 5.0,
    "PHOTO_CACHE": "default",
    "PHOTOS_AT_ONCE": 8,
    "INTERESTS": 4,
    "HALF_LIFE_DAYS": 30.0,
    "HISTORY_DAYS": 365,
    "API_MAX_LIMIT": 100,
    "API_MAX_AGE": 0,
    "API_PERMISSIONS": ("rest_framework.permissions.AllowAny",),
    "API_THROTTLES": {},
}
"""The keys of `VRS`, with their defaults."""

THROTTLES = ("similar", "carousel", "search", "photo", "recommendations")
"""The keys of `VRS["API_THROTTLES"]`."""

FAULTS: dict[str, Any] = {
    "vrs_app.E001": "shop.Product",
    "vrs_app.E002": {"NO_SUCH_SETTING": 1},
    "vrs_app.E003": {"LIMIT": 0},
    "vrs_app.E004": {"CATALOGUE": "shop.visual.Nothing"},
    "vrs_app.E005": {"EMBEDDER": "shop.visual.Nothing"},
    "vrs_app.E006": {"PRODUCT_MODEL": "shop.Nothing"},
    "vrs_app.E007": {"CATALOGUE": "vrs_app.catalogue.Catalogue", "IMAGE_FIELD": "name"},
    "vrs_app.E009": {"IMAGE_FORMATS": ["JPG"]},
    "vrs_app.E010": {"WEIGHTS": "imagenet", "WEIGHTS_TIMEOUT": 301, "BATCH_TIME_LIMIT": 300},
    "vrs_app.E011": {"API_PERMISSIONS": ["shop.visual.Nothing"]},
    "vrs_app.E012": {"API_THROTTLES": {"nothing": "1/min"}},
    "vrs_app.E013": {"TEXT_LANGUAGE": "no language"},
    "vrs_app.E014": {"SOURCES": ["nothing"]},
    "vrs_app.E015": {"CAMPAIGN": {"utm_content": "{nothing}"}},
    "vrs_app.E016": {"PHOTO_CACHE": "nothing"},
    "vrs_app.E017": {"PHOTO_QUEUE": "vrs"},
    "vrs_app.W001": {"PHOTO_CACHE": "default"},
}
"""The numbers of system checks, which SILENCED_SYSTEM_CHECKS may name, by what each is about."""

FAULTS_OF_SERVERS = ("vrs_app.E008", "vrs_app.W002", "vrs_app.W003", "vrs_app.W004")
"""Those about the database, the cache and the broker."""

FAULTS_OF_PACKAGES = {"vrs_app.W006": {"IMAGE_FORMATS": ["HEIF"]}}
"""Those about what is not installed."""

FAULTS_OF_WORKERS = ("vrs_app.W005",)
"""Those that `check --database` and `migrate` find, by the heartbeats."""

COLUMNS = ("vrs_waiting",)
"""What a shop puts into the `list_display` of its own admin."""

# --- commands ------------------------------------------------------------------------------------

COMMANDS = {
    "vrs_coverage": {"--too-often", "--json"},
    "vrs_drop": {"space", "--no-input"},
    "vrs_duplicates": {"--threshold", "--json"},
    "vrs_embed": {"--failed", "--all", "--product", "--index"},
    "vrs_evaluate": {"-k", "--sample", "--photo-search", "--json", "--html", "--rows"},
    "vrs_export": {"file", "--space", "--visible", "--main"},
    "vrs_history": {"--user", "--visitor", "--export", "--erase", "--prune", "--no-input"},
    "vrs_reconcile": {"--dry-run", "--no-files", "--json"},
    "vrs_status": {"--json"},
    "vrs_switch": {"space", "--incomplete"},
}
"""With their own options, and without dashes what they take by place."""

# --- what schedules, queues, databases and sessions hold -----------------------------------------

TASKS: dict[str, tuple[str, ...]] = {
    "vrs_app.tasks.sweep": (),
    "vrs_app.tasks.embed_waiting": (),
    "vrs_app.tasks.check_files": ("after", "stopped"),
    "vrs_app.tasks.look_at_photo": ("key",),
    "vrs_app.contrib.history.tasks.prune": (),
    "vrs_app.contrib.merchandising.tasks.count_coverage": (),
}
"""With their parameters in order: a message may be queued by one version and run by the next."""

QUEUES = ("vrs", "vrs-photos")

APPS = {
    "vrs_app": "vrs_app",
    "vrs_app.contrib.history": "vrs_history",
    "vrs_app.contrib.merchandising": "vrs_merchandising",
}
"""What stands in INSTALLED_APPS, and the label that tables, permissions and URLs begin with."""

MIGRATIONS = {
    "vrs_app": (
        "0001_initial",
        "0002_producttext",
        "0003_indexedimage_colours",
        "0004_measure_every_picture",
        "0005_producttext_begun",
        "0006_producttext_begun_index",
        "0007_reconciling",
        "0008_change",
        "0009_rows_of_a_file",
    ),
    "vrs_history": ("0001_initial",),
    "vrs_merchandising": ("0001_initial",),
}
"""Applied in shops' databases."""

TABLES = {
    "vrs_app_change",
    "vrs_app_embeddingspace",
    "vrs_app_heartbeat",
    "vrs_app_imageembedding",
    "vrs_app_indexedimage",
    "vrs_app_producttext",
    "vrs_history_interactionrow",
    "vrs_merchandising_coveragereport",
    "vrs_merchandising_coveragerow",
    "vrs_merchandising_hidden",
    "vrs_merchandising_pin",
}
"""Whose names, without the underscore, are those of content types and permissions too."""

VISITOR_IN_SESSION = "vrs_history_visitor"
"""The key in a session under which an anonymous visitor's id is."""

# --- the package ---------------------------------------------------------------------------------

DISTRIBUTION = "django-vrs"
EXTRAS = ("worker", "api", "heif")
