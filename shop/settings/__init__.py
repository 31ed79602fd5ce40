"""Settings of the demo shop on a developer's own machine.

What differs between machines comes from the environment; `production.py` replaces what is
for development only.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent.parent

DEBUG = True
SECRET_KEY = os.environ.get("SECRET_KEY", "only-for-this-machine-never-for-production")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular_sidecar",
    "vrs_app",
    "vrs_app.contrib.merchandising",
    "vrs_app.contrib.history",
    "shop",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "shop.middleware.private_pages",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- services ---------------------------------------------------------------------------

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")


def beside(url: str) -> str:
    """URL of the next database of the same Redis: clearing a cache must not empty the broker."""
    parts = urlsplit(url)
    number = parts.path.strip("/") or "0"
    return parts._replace(path=f"/{int(number) + 1}").geturl() if number.isdigit() else url


# It holds shoppers' photos for seconds, so it should be a Redis that writes nothing to disk, as
# the demo's own. The default is a database of the broker's Redis.
CACHE_URL = os.environ.get("CACHE_URL") or beside(REDIS_URL)

DATABASES: dict[str, Any] = {
    "default": dj_database_url.config(
        default="postgresql:///vrs", conn_max_age=60, conn_health_checks=True
    ),
}

CACHES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Shared by processes; only search by photo needs it.
    "photos": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "photos",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    },
}

# --- Celery ------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
# Without timeouts worker and beat wait for ever for a broker that accepts and never answers.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 10, "socket_connect_timeout": 5}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
# Batches have limits of their own; these are for all other tasks.
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 1800, 1860
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 2_500_000  # kilobytes; a child is renewed above it
# Seconds after SIGQUIT until running tasks are requeued; SIGTERM waits for their end.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {
    "vrs-sweep": {
        "task": "vrs_app.tasks.sweep",
        "schedule": 60.0,
        # A sweep may wait behind many batches in the same queue.
        "options": {"queue": "vrs", "expires": 600},
    },
    "vrs-history": {
        "task": "vrs_app.contrib.history.tasks.prune",
        "schedule": 86_400.0,
        "options": {"queue": "vrs"},
    },
}

# --- visual recommendations ---------------------------------------------------------------

_DEMO_WEIGHTS = str(BASE_DIR / "shop" / "weights" / "resnet50-clothing.weights.h5")
_WEIGHTS = os.environ.get("WEIGHTS") or _DEMO_WEIGHTS

VRS: dict[str, Any] = {
    "PRODUCT_MODEL": "shop.Product",
    "CATALOGUE": "shop.visual.ShopCatalogue",
    "WEIGHTS": _WEIGHTS,
    # The demo's own weights were trained on pictures of 128 pixels, ImageNet's on 224.
    "IMAGE_SIZE": 128 if _WEIGHTS == _DEMO_WEIGHTS else 224,
    # The claims of a killed demo expire so many seconds later, plus 30.
    "BATCH_TIME_LIMIT": 60,
    # Less than BATCH_TIME_LIMIT; a slow download goes on between the sweeps.
    "WEIGHTS_TIMEOUT": 45,
    "PHOTO_CACHE": "photos",
    "API_THROTTLES": {
        "similar": "120/min",
        "carousel": "240/min",
        "search": "120/min",
        "photo": "20/min",
        "recommendations": "120/min",
    },
}

# --- files ----------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / "staticfiles"))
MEDIA_URL = "media/"
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", BASE_DIR / "media"))
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "shop.media.uploads.DiskUploadHandler",
]

# --- language, time, security -----------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "script-src": [SELF],
        "style-src": [SELF],
    },
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"vrs_app": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}
