from tests.fits.shop_settings import *  # noqa: F403
from tests.fits.shop_settings import DATABASES, DJANGO
from tests.fits.shop_settings import VRS as SHARED

INSTALLED_APPS = [
    *DJANGO,
    "vrs_app.contrib.history",
    *("easyaudit", "auditlog", "simple_history"),
    "tests.fits.audited",
]
DATABASES = {**DATABASES, "archive": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DATABASE_ROUTERS = ["tests.fits.audited.archive.Router"]
STORAGES = {
    "default": {"BACKEND": "tests.fits.audited.storage.Overwriting"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
VRS = {**SHARED, "PRODUCT_MODEL": "audited.Product"}

# Each of the two would record what the other does, and that again.
AUDITLOG_INCLUDE_ALL_MODELS = True
AUDITLOG_EXCLUDE_TRACKING_MODELS = ("easyaudit",)
DJANGO_EASY_AUDIT_UNREGISTERED_CLASSES_EXTRA = ["auditlog.LogEntry"]
DJANGO_EASY_AUDIT_PROPAGATE_EXCEPTIONS = True
TEST = True  # easy-audit writes at once, and not on commit
