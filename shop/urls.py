"""The shop's URLs."""

from django.contrib import admin
from django.urls import include, path

from . import views
from .media import serving

urlpatterns = [
    path("", views.product_list, name="product_list"),
    path("categories/<slug:slug>/", views.product_list, name="category"),
    path("products/<slug:slug>/", views.product_detail, name="product"),
    path("products/<slug:slug>/similar/", views.product_similar, name="similar"),
    path("search/", views.search, name="search"),
    path("search/photo/", views.photo_search, name="photo_search"),
    path("for-you/", views.for_you, name="for_you"),
    path("bag/", views.bag, name="bag"),
    path("bag/add/<slug:slug>/", views.bag_add, name="bag_add"),
    path("bag/remove/<slug:slug>/", views.bag_remove, name="bag_remove"),
    path("bag/order/", views.bag_order, name="bag_order"),
    path("history/", include("vrs_app.contrib.history.urls")),
    path("thumbnails/<width:width>/<path:name>", serving.thumbnail_view, name="thumbnail"),
    path("media/<path:name>", serving.media_view, name="media"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("api/", include("vrs_app.api.urls")),
    path("api/", include("vrs_app.contrib.history.api.urls")),
    path("healthz/", views.healthz, name="healthz"),
    path("admin/", admin.site.urls),
]
