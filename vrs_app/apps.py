"""The app's configuration: registers tasks, system checks and signal receivers."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class VrsAppConfig(AppConfig):
    name = "vrs_app"
    verbose_name = _("Visual recommendations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import receivers, tasks  # noqa: F401  registers the tasks
        from .checks import check_deployment, check_models, check_settings

        checks.register(check_settings)
        checks.register(check_deployment, deploy=True)
        checks.register(check_models, checks.Tags.models)
        receivers.connect()
