"""The sub-app in and out of small shops, migrated for real."""

import pytest

from ...projects.histories import SHOPS
from ...projects.project import Project
from ...projects.shops import Shop

pytestmark = pytest.mark.slow

WITH_ACCOUNTS = """
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "vrs_app", "vrs_app.contrib.history", "{app}",
]
"""

WITH_USERS_OF_THEIR_OWN = """
from django.contrib.auth.models import AbstractUser

class Member(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid4)
"""

DEEDS = """
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.management import call_command

from {app}.models import Product
from tests.shapes import shape
from vrs_app.contrib import history
from vrs_app.contrib.history.models import InteractionRow

things = [
    Product.objects.create(
        name=f"thing {{number}}", image=ContentFile(shape(seed=number), f"{{number}}.jpg")
    )
    for number in range(6)
]
call_command("vrs_embed", verbosity=0)
anna = get_user_model().objects.create_user("anna")
assert history.record(anna, things[0], "liked")
assert history.record(anna, things[0], "liked")
assert history.record(anna, things[1], "dismissed")
found = list(history.recommend_for(anna))
assert [item.because for item in found] == [things[0]] * 4, found
assert found[0].reason == f"Because you liked {{things[0]}}"
call_command("vrs_history", "--user", "anna", "--export", "-")
Product.objects.filter(pk=things[0].pk).delete()
assert InteractionRow.objects.count() == 1
get_user_model().objects.filter(pk=anna.pk).delete()
assert not InteractionRow.objects.exists()
"""


def take_in(project: Project, shop: Shop, settings: str = "") -> None:
    files = shop.files()
    files["settings.py"] += WITH_ACCOUNTS.format(app=shop.app) + settings
    project.write(files)
    project.manage("check", "--fail-level", "WARNING")
    if settings:
        project.manage("makemigrations", "members")
    project.manage(*shop.migrate)


def test_a_shop_takes_it_in_and_out_again(project: Project, small_shop: Shop) -> None:
    take_in(project, small_shop)
    project.manage("makemigrations", "--check", "--dry-run")
    project.script(DEEDS.format(app=small_shop.app))
    project.manage("migrate", "vrs_history", "zero")
    assert "vrs_history_interactionrow" not in project.tables()
    project.manage("migrate")
    assert "vrs_history_interactionrow" in project.tables()


def test_users_may_be_a_shops_own(project: Project) -> None:
    project.write(
        {
            "members/__init__.py": "",
            "members/models.py": "from uuid import uuid4\n\nfrom django.db import models\n"
            + WITH_USERS_OF_THEIR_OWN,
            "members/migrations/__init__.py": "",
        }
    )
    own = 'AUTH_USER_MODEL = "members.Member"\nINSTALLED_APPS.append("members")\n'
    shop = SHOPS["uuid key"]
    take_in(project, shop, own)
    project.script(DEEDS.format(app=shop.app))
