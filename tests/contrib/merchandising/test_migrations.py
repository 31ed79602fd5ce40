"""The sub-app in and out of small shops, migrated for real."""

import pytest

from ...projects.histories import SHOPS
from ...projects.project import Project
from ...projects.shops import Shop

pytestmark = pytest.mark.slow

WITH_ADMIN = """
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
    "django.contrib.messages", "django.contrib.sessions",
    "vrs_app", "vrs_app.contrib.merchandising", "{app}",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {{"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]}},
}}]
ROOT_URLCONF = "urls"
STATIC_URL = "static/"
MEDIA_URL = "media/"
ALLOWED_HOSTS = ["testserver"]
"""

URLS = """
from django.contrib import admin
from django.urls import path

urlpatterns = [path("admin/", admin.site.urls)]
"""

ADMIN = """
from django.contrib import admin

from vrs_app.contrib.merchandising.admin import MerchandisingInline

from .models import Product


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    search_fields = ["name"]
    inlines = [MerchandisingInline]
"""

HANDS = """
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client

from {app}.models import Product
from tests.shapes import shape
from vrs_app.contrib.merchandising import coverage, coverage_job
from vrs_app.queries import similar_products

things = [
    Product.objects.create(
        name=f"thing {{number}}", image=ContentFile(shape(seed=number), f"{{number}}.jpg")
    )
    for number in range(6)
]
call_command("vrs_embed", verbosity=0)
page, pinned, hidden = things[:3]
client = Client()
client.force_login(User.objects.create_superuser("owner"))
url = f"/admin/{app}/product/{{page.pk}}/change/"
html = client.get(url).content.decode()
assert f"vrs-merchandising-place:{{pinned.pk}}" in html, html
prefix = "vrs-merchandising-"
sent = {{
    "id": str(page.pk), "name": "renamed",
    prefix + "position": "1", prefix + "to_pin": str(pinned.pk),
    f"{{prefix}}place:{{hidden.pk}}": "here", f"initial-{{prefix}}place:{{hidden.pk}}": "",
}}
assert client.post(url, sent).status_code == 302
found = [item.product for item in similar_products(page)]
assert found[0] == pinned and hidden not in found and len(found) == 4, found
coverage_job.PRODUCTS_A_BATCH = 4
call_command("vrs_coverage", verbosity=0)
assert client.get("/admin/vrs_merchandising/coveragerow/").status_code == 200
assert coverage.summary(coverage.latest()).products == 6
for thing in things:
    thing.delete()
"""


def take_in(project: Project, shop: Shop) -> None:
    files = shop.files()
    files["settings.py"] += WITH_ADMIN.format(app=shop.app)
    project.write(files | {"urls.py": URLS, f"{shop.app}/admin.py": ADMIN})
    project.manage("check", "--fail-level", "WARNING")
    project.manage(*shop.migrate)


def tables(project: Project) -> list[str]:
    return [str(name) for name in project.tables() if str(name).startswith("vrs_merch")]


def test_a_shop_takes_it_in_and_out_again(project: Project, small_shop: Shop) -> None:
    take_in(project, small_shop)
    project.manage("makemigrations", "--check", "--dry-run")
    project.script(HANDS.format(app=small_shop.app))
    project.manage("migrate", "vrs_merchandising", "zero")
    assert tables(project) == []
    project.manage("migrate")
    assert len(tables(project)) == 4


def test_without_it_the_shop_and_the_core_are_as_before(project: Project) -> None:
    shop = SHOPS["product in the second migration"]
    take_in(project, shop)
    project.manage("migrate", "vrs_merchandising", "zero")
    project.write(shop.files() | {f"{shop.app}/admin.py": ""})
    project.manage("check", "--fail-level", "WARNING")
    project.manage("makemigrations", "--check", "--dry-run")
    project.python("-m", "tests.projects.journey")
