"""The demo shop's settings, made quick and harmless for tests.

Tests that need the network name it themselves; all others use the embedder that needs no
weights and no TensorFlow, as a shop's own tests would.
"""

import json
import os
import tempfile
from pathlib import Path

from shop.settings import *  # noqa: F403
from shop.settings import VRS as DEMO_VRS

# Each test has a folder of its own; other processes are told which by the environment.
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT") or Path(tempfile.gettempdir(), "no-test-media"))
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

HANDCRAFTED = "vrs_app.embedders.handcrafted.HandcraftedEmbedder"
RESNET50_VRS = DEMO_VRS
VRS = {
    **DEMO_VRS,
    "EMBEDDER": os.environ.get("EMBEDDER", HANDCRAFTED),
    "API_THROTTLES": {},  # they ask more often than people do
    "BROKER_TIMEOUT": 5,  # a bell that a busy machine does not hear fails no test
}
# A test may start a process whose settings differ; Django and Celery read both from here.
globals().update(json.loads(os.environ.get("SETTINGS", "{}")))
