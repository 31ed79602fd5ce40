"""The demo shop without our addresses."""

from shop.urls import urlpatterns as shop

OURS = ("vrs_history", "vrs_history_api")

urlpatterns = [each for each in shop if getattr(each, "app_name", None) not in OURS]
