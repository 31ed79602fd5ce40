"""The demo shop with our addresses elsewhere."""

from django.urls import include, path

from shop.urls import urlpatterns as shop

urlpatterns = [
    path("history/", include("vrs_app.contrib.history.urls")),
    path("api/for/", include("vrs_app.contrib.history.api.urls")),
    *shop,
]
