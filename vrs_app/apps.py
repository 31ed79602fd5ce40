"""The app's configuration: registers tasks, system checks and signal receivers."""

from django.apps import AppConfig
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

# Looked for here, before any model is loaded: without a driver Django's own message would name
# psycopg2 first, and with psycopg2 alone the site would start and every query of ours fail.
try:
    import psycopg  # noqa: F401
except ImportError as error:
    raise ImproperlyConfigured(
        f"vrs_app needs psycopg 3, and it cannot be imported: {error}. psycopg2 is not enough. "
        'Install it, as Django\'s driver for the whole site: pip install "psycopg[binary]>=3.1.12"'
    ) from error


class VrsAppConfig(AppConfig):
    name = "vrs_app"
    verbose_name = _("Visual recommendations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import receivers, tasks  # noqa: F401  registers the tasks
        from .checks import check_deployment, check_models, check_settings, check_worker
        from .indexing.outbox.append import forget_where_ready
        from .infra.schema import enable_vector_without_migrations, ensure_after_migrate

        checks.register(check_settings)
        checks.register(check_deployment, deploy=True)
        checks.register(check_models, checks.Tags.models)
        checks.register(check_worker, checks.Tags.database)
        receivers.connect()
        pre_migrate.connect(enable_vector_without_migrations, self, dispatch_uid="vrs_app.vector")
        post_migrate.connect(ensure_after_migrate, self, dispatch_uid="vrs_app.schema")
        post_migrate.connect(forget_where_ready, dispatch_uid="vrs_app.schema_forgotten")
