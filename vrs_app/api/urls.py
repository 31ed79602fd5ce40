"""The URLs of the API; a shop includes them: `path("api/", include("vrs_app.api.urls"))`."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from .docs import DocsView, SchemaView
from .html import CarouselView
from .photo import PhotoView
from .views import SearchView, SimilarView


class KeyConverter(StringConverter):
    """Any text: text keys may hold slashes, and invalid keys reach the view for a 404 in JSON."""

    regex = r"(?s:.+)"


register_converter(KeyConverter, "vrs_key")

app_name = "vrs_api"
urlpatterns = [
    path("products/<vrs_key:id>/similar/", SimilarView.as_view(), name="similar"),
    path("products/<vrs_key:id>/carousel/", CarouselView.as_view(), name="carousel"),
    path("search/", SearchView.as_view(), name="search"),
    path("search/image/", PhotoView.as_view(), name="photo"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
]
