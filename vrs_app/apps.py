"""What Django needs to know of the app, and nothing else."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class VrsAppConfig(AppConfig):
    name = "vrs_app"
    verbose_name = _("Visual recommendations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import receivers, tasks  # noqa: F401  the tasks are registered by name
        from .checks import check_deployment, check_models, check_settings

        checks.register(check_settings)
        checks.register(check_deployment, deploy=True)
        checks.register(check_models, checks.Tags.models)
        receivers.connect()
