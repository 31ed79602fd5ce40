"""The AppConfig, which connects the login receiver."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HistoryConfig(AppConfig):
    name = "vrs_app.contrib.history"
    label = "vrs_history"
    verbose_name = _("What shoppers did")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import merge_on_login

        merge_on_login.connect()
