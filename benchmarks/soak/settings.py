"""Settings of the soaked shop: no DEBUG, no throttles, short leases, a storage like S3's.

A picture saved under a name that is taken replaces the file there, as S3 does by default.
"""

import os
from typing import Any

from shop.settings import *  # noqa: F403
from shop.settings import CELERY_BEAT_SCHEDULE as DEMO_SCHEDULE
from shop.settings import VRS as DEMO_VRS

from .storage import set_clock

SWEEP_SECONDS = 5

set_clock()

DEBUG = False
ROOT_URLCONF = "benchmarks.soak.urls"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES: dict[str, Any] = {
    "default": {
        "BACKEND": "benchmarks.soak.storage.HangingStorage",
        "OPTIONS": {"allow_overwrite": True},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CELERY_BEAT_SCHEDULE = {
    name: entry | {"schedule": float(SWEEP_SECONDS)} if name == "vrs-sweep" else entry
    for name, entry in DEMO_SCHEDULE.items()
}
VRS = {
    **DEMO_VRS,
    "EMBEDDER": os.environ["SOAK_EMBEDDER"],
    "API_THROTTLES": {},
    "BROKER_TIMEOUT": 1.0,
    "SWEEP_SECONDS": SWEEP_SECONDS,
    # Generous: under load a photo worker that runs must not be reported as lost.
    "PHOTO_TIMEOUT": 15.0,
    # The lease of a killed worker's pictures expires so many seconds later, plus 30.
    "BATCH_TIME_LIMIT": int(os.environ["SOAK_BATCH_TIME_LIMIT"]),
}
