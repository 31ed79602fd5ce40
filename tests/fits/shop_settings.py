"""Settings of all these shops. The app stands before the shop, which is the harder case."""

import os
from pathlib import Path

import dj_database_url

SECRET_KEY = "small"
USE_TZ = True
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = Path("no-test-media")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ROOT_URLCONF = "tests.fits.urls"
STATIC_URL = "static/"
CELERY_BROKER_URL = "memory://"

DJANGO = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "vrs_app",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": {**dj_database_url.config(), "TEST": {"NAME": f"test_shop_{os.getpid()}"}},
}
VRS = {"EMBEDDER": "vrs_app.embedders.handcrafted.HandcraftedEmbedder", "TEXT_LANGUAGE": "simple"}
