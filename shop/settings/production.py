"""Settings of the demo shop behind a real address: secrets from the environment, HTTPS."""

import os
from logging import LogRecord

from django.core.exceptions import ImproperlyConfigured

from . import *  # noqa: F403
from . import LOGGING as DEMO_LOGGING


def required(name: str) -> str:
    """The environment variable `name`; raises ImproperlyConfigured where it is not set."""
    try:
        return os.environ[name]
    except KeyError:
        raise ImproperlyConfigured(f"Set the environment variable {name}.") from None


DEBUG = False
SECRET_KEY = required("SECRET_KEY")
ALLOWED_HOSTS = required("ALLOWED_HOSTS").split(",")
CSRF_TRUSTED_ORIGINS = [
    origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin
]

MIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")  # noqa: F405
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# A proxy in front terminates TLS and sets X-Forwarded-Proto; SECURE=0 is for a stack without one.
_SECURE = os.environ.get("SECURE", "1") == "1"
REST_FRAMEWORK = {"NUM_PROXIES": 1 if _SECURE else 0}  # whose visitors the API counts
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = _SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _SECURE
SECURE_HSTS_PRELOAD = _SECURE
SESSION_COOKIE_SECURE = _SECURE
CSRF_COOKIE_SECURE = _SECURE


def without_traceback(record: LogRecord) -> bool:
    """A logging filter that drops the traceback and keeps the line."""
    record.exc_info = None
    return True


# Django would mail a page's faults to ADMINS alone. Here the console has each with its traceback.
# What a visitor gets wrong (a 404) is in the access log; a refused request (an unknown Host,
# too large a form) is one line.
LOGGING = {
    **DEMO_LOGGING,
    "root": {"handlers": ["console"], "level": "WARNING"},
    "filters": {
        "without_traceback": {
            "()": "django.utils.log.CallbackFilter",
            "callback": without_traceback,
        },
    },
    "handlers": {
        **DEMO_LOGGING["handlers"],
        "refused": {**DEMO_LOGGING["handlers"]["console"], "filters": ["without_traceback"]},
    },
    "loggers": {
        **DEMO_LOGGING["loggers"],
        "django.request": {"level": "ERROR"},
        "django.security": {"handlers": ["refused"], "propagate": False},
    },
}
