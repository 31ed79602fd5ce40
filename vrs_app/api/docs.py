"""The views that serve the OpenAPI schema and Swagger UI."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http.request import HttpHeaders
from django.urls import reverse
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
)
from rest_framework.renderers import BaseRenderer, JSONRenderer, TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from .base import ApiView
from .schema import describe

SIDECAR = "drf_spectacular_sidecar"


class SchemaView(ApiView):
    """The OpenAPI 3 schema, as JSON or, by the Accept header, YAML."""

    schema = None
    renderer_classes = (OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer)

    def get(self, request: Request) -> Response:
        prefix = reverse("vrs_api:schema").removesuffix("/schema/")
        return Response(describe(prefix))


class DocsView(ApiView):
    """Swagger UI, with all files served by this host."""

    schema = None
    renderer_classes = (TemplateHTMLRenderer,)

    def get(self, request: Request) -> Response:
        if not apps.is_installed(SIDECAR):
            raise ImproperlyConfigured(
                f'Add "{SIDECAR}" to INSTALLED_APPS: the API\'s documentation needs its files.'
            )
        context: dict[str, Any] = {
            "schema_url": reverse("vrs_api:schema"),
            "csrf_header": HttpHeaders.parse_header_name(settings.CSRF_HEADER_NAME),
        }
        return Response(context, template_name="vrs_app/api_docs.html")

    def get_renderers(self) -> list[BaseRenderer]:
        """JSON for OPTIONS, as at the other URLs: its metadata has no template."""
        return [JSONRenderer()] if self.request.method == "OPTIONS" else super().get_renderers()
