"""The API in shops of other kinds: keys of text and of UUIDs, no accounts, no REST framework."""

import subprocess
import sys

import pytest

from ..processes import ROOT, shared_environment
from ..projects.project import Project
from ..projects.shops import IMAGE, NAME, UUID, UUID_KEY, Shop, Step, create

pytestmark = pytest.mark.slow

TEXT = "    id = models.CharField(primary_key=True, max_length=30)\n"
TEXT_KEY = "models.CharField(primary_key=True, max_length=30, serialize=False)"

SETTINGS = """
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "urls"
STATIC_URL = "static/"
MEDIA_URL = "/media/"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": [], "UNAUTHENTICATED_USER": None}
"""

URLS = """
from django.urls import include, path

urlpatterns = [path("deep/api/", include("vrs_app.api.urls"))]
"""

JOURNEY = """
from urllib.parse import quote
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from boutique.models import Product
from tests.shapes import shape

keys = {keys}
for number, key in enumerate(keys):
    file = ContentFile(shape("disc", seed=number), f"{{number}}.jpg")
    Product.objects.create(pk=key, name=f"disc {{number}}", image=file)
call_command("vrs_embed", verbosity=0)

client = Client()
WHAT = ("carousel", "similar")
first, second, *others = keys
address = f"/deep/api/products/{{quote(first, safe='')}}/similar/?minimum=1"
found = client.get(address).json()["results"]
assert {{each["id"] for each in found}} == set(keys[1:]), found
assert {{each["url"] for each in found}} == {{None}}
fewer = client.get(address, {{"exclude": [second], "minimum": 1}}).json()["results"]
assert {{each["id"] for each in fewer}} == set(others), fewer
carousel = client.get(address.replace("similar", "carousel"))
assert carousel.content.count(b'"vrs-item"') == len(keys) - 1
assert client.get("/deep/api/products/none/similar/").status_code == 404
words = client.get("/deep/api/search/", {{"words": "object", "expand": "false"}}).json()["results"]
assert {{each["id"] for each in words}} == set(keys), words
liked = client.get("/deep/api/search/", {{"positive": [first, second]}}).json()["results"]
assert {{each["id"] for each in liked}} == set(others), liked
assert {{each["because"]["id"] for each in liked}} <= {{first, second}}, liked
unknown = client.get("/deep/api/search/", {{"positive": [first, keys[0] + "x"]}})
assert unknown.status_code == 400 and list(unknown.json()) == ["positive"], unknown.content
paths = client.get("/deep/api/schema/").json()["paths"]
products = [f"/deep/api/products/{{{{id}}}}/{{what}}/" for what in WHAT]
assert sorted(paths) == [*products, "/deep/api/search/", "/deep/api/search/image/"], paths
with pytest.raises(ImproperlyConfigured, match="drf_spectacular_sidecar"):
    client.get("/deep/api/docs/")  # the documentation has no files here
"""


@pytest.mark.parametrize(
    ("field", "key", "keys"),
    [
        (TEXT, TEXT_KEY, ["A/1", "a b", "ä?&", "similar/", "7"]),
        (UUID, UUID_KEY, [f"0190d5b2-6a1e-7000-8000-00000000000{n}" for n in range(5)]),
    ],
    ids=["text", "uuid"],
)
def test_products_of_any_key_are_found_under_any_address(
    field: str, key: str, keys: list[str], project: Project
) -> None:
    shop = Shop(
        models=f"class Product(models.Model):\n{field}{NAME}{IMAGE}",
        migrations={"0001_initial": Step(operations=[create("Product", key)])},
    )
    files = shop.files()
    project.write(files | {"settings.py": files["settings.py"] + SETTINGS, "urls.py": URLS})
    project.manage("migrate")
    project.script(JOURNEY.format(keys=keys))


WITHOUT = """
import sys

for name in ("rest_framework", "drf_spectacular", "drf_spectacular_sidecar"):
    sys.modules[name] = None  # as if it were not installed

from django.conf import settings
from shop import settings as demo

options = {name: getattr(demo, name) for name in dir(demo) if name.isupper()}
missing = {name for name, module in sys.modules.items() if module is None}
options["INSTALLED_APPS"] = [app for app in options["INSTALLED_APPS"] if app not in missing]
del options["ROOT_URLCONF"]  # the demo's include the API
settings.configure(**options)

import django
django.setup()

from django.core.management import call_command
from django.core.checks import run_checks

found = [each for each in run_checks() if str(each.id).startswith("vrs_app")]
assert not found, found
import vrs_app.templatetags.vrs, vrs_app.admin, vrs_app.tasks
"""


def test_a_shop_without_the_rest_framework_does_not_notice() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        cwd=ROOT,
        env=shared_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
