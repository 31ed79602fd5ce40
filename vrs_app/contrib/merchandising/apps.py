"""The AppConfig, which registers the merchant's rules with the queries."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MerchandisingConfig(AppConfig):
    name = "vrs_app.contrib.merchandising"
    label = "vrs_merchandising"
    verbose_name = _("Merchandising")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from vrs_app.queries import use_curation

        from .curation import Merchandising

        use_curation(Merchandising())
