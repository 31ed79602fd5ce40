"""The demo shop: how a shop uses vrs_app, which never imports from here."""

from .celery import app as celery_app

__all__ = ["celery_app"]
