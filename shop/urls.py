"""The shop's addresses."""

from django.contrib import admin
from django.urls import include, path

from . import media, views

urlpatterns = [
    path("", views.product_list, name="product_list"),
    path("categories/<slug:slug>/", views.product_list, name="category"),
    path("products/<slug:slug>/", views.product_detail, name="product"),
    path("products/<slug:slug>/similar/", views.product_similar, name="similar"),
    path("thumbnails/<width:width>/<path:name>", media.thumbnail_view, name="thumbnail"),
    path("media/<path:name>", media.media_view, name="media"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("api/", include("vrs_app.api.urls")),
    path("healthz/", views.healthz, name="healthz"),
    path("admin/", admin.site.urls),
]
