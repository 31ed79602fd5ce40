"""The demo shop. It shows how a shop uses vrs_app; vrs_app knows nothing of it."""

from .celery import app as celery_app

__all__ = ["celery_app"]
