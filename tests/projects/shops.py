"""Shops as they come: where Product was born, under which key, in which app."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import indent

SETTINGS = """
import os
from pathlib import Path

import dj_database_url

SECRET_KEY = "small"
INSTALLED_APPS = ["vrs_app", "{app}"]
DATABASES = {{"default": dj_database_url.config()}}
DEFAULT_AUTO_FIELD = "{auto_field}"
MEDIA_ROOT = Path(__file__).parent / "media"
USE_TZ = True
VRS = {{
    "PRODUCT_MODEL": "{app}.{product}",
    "IMAGE_FIELD": "image",
    "EMBEDDER": "vrs_app.embedders.handcrafted.HandcraftedEmbedder",
}}
"""

MIGRATION = """
import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = {replaces}
    dependencies = {dependencies}
    operations = [
{operations}
    ]
"""

MODELS = """
import uuid

from django.db import models

"""

BIG_KEY = (
    "models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')"
)
INT_KEY = BIG_KEY.replace("BigAutoField", "AutoField")
UUID_KEY = "models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)"

NAME = '    name = models.CharField(max_length=50, default="thing")\n'
IMAGE = '    image = models.ImageField(upload_to="pictures", blank=True)\n'
PRICE = "    price = models.PositiveIntegerField(default=1)\n"
STOCK = "    stock = models.PositiveIntegerField(default=1)\n"
UUID = "    id = models.UUIDField(primary_key=True, default=uuid.uuid4)\n"

PRODUCT = "class Product(models.Model):\n" + NAME + IMAGE
BRAND = "class Brand(models.Model):\n" + NAME


def create(model: str, key: str = BIG_KEY, *, image: bool = True) -> str:
    """A CreateModel for PRODUCT, or for BRAND without the image."""
    fields = [f"('id', {key})", "('name', models.CharField(max_length=50, default='thing'))"]
    if image:
        fields.append("('image', models.ImageField(blank=True, upload_to='pictures'))")
    return f"migrations.CreateModel(name='{model}', fields=[{', '.join(fields)}])"


def add(name: str) -> str:
    """An AddField for PRICE or STOCK."""
    return f"migrations.AddField('product', '{name}', models.PositiveIntegerField(default=1))"


def rename(old: str, new: str) -> str:
    return f"migrations.RenameModel('{old}', '{new}')"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One migration: its operations, the one of the same app before it, those it replaces."""

    operations: Sequence[str]
    after: str | None = None
    replaces: Sequence[str] = ()

    def source(self, app: str) -> str:
        return MIGRATION.format(
            replaces=[(app, name) for name in self.replaces],
            dependencies=[(app, self.after)] if self.after else [],
            operations=indent(",\n".join(self.operations), " " * 8),
        )


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A shop of one app, as the files of a project; `migrations` None: it has none."""

    models: str = PRODUCT
    migrations: Mapping[str, Step] | None = field(
        default_factory=lambda: {"0001_initial": Step(operations=[create("Product")])}
    )
    app: str = "boutique"
    product: str = "Product"
    auto_field: str = "django.db.models.BigAutoField"

    @property
    def migrate(self) -> list[str]:
        """The arguments of `manage.py` that make its tables."""
        return ["migrate", *(["--run-syncdb"] if self.migrations is None else [])]

    def files(self) -> dict[str, str]:
        files = {
            "settings.py": SETTINGS.format(
                app=self.app, product=self.product, auto_field=self.auto_field
            ),
            f"{self.app}/__init__.py": "",
            f"{self.app}/models.py": MODELS + self.models,
        }
        if self.migrations is None:
            return files
        steps = {
            f"{self.app}/migrations/{name}.py": step.source(self.app)
            for name, step in self.migrations.items()
        }
        return files | {f"{self.app}/migrations/__init__.py": ""} | steps
