#!/usr/bin/env bash
# A translation that `loaddata` or django-reversion has put back is read in its later wording,
# in the very process that put it back, unless the translations were prefetched.
#
# django-parler looks each translation up in Django's cache before it asks the database. It writes
# that entry in its models' own `save_base` and `delete`, and `loaddata` and django-reversion save by
# `Model.save_base(row, raw=True)`, Django's, which passes them by. For five minutes, the default
# of every cache, titles are those from before; with the default cache of Django, which is one of
# each process, that holds for every title that another process saved, too. Only
# `prefetch_related("translations")` reads the rows, and corrects the entry.
#
# django-parler 2.4: parler/models.py, save_base and _get_translated_model; Django 5.2.19:
# django/core/serializers/base.py, DeserializedObject.save.
. "$(dirname "$0")/shared.bash"
install Django==5.2.19 django-parler==2.4

mkdir shop
touch shop/__init__.py
cat >shop/models.py <<'PYTHON'
from django.db import models
from parler.models import TranslatableModel, TranslatedFields


class Product(TranslatableModel):
    translations = TranslatedFields(title=models.CharField(max_length=50))
PYTHON

observe python -W ignore - <<'PYTHON'
import django
from django.conf import settings

DATABASE = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
settings.configure(
    DATABASES={"default": DATABASE},
    INSTALLED_APPS=["parler", "shop"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    LANGUAGE_CODE="en",
    LANGUAGES=[("en", "English")],
    PARLER_LANGUAGES={None: ({"code": "en"},)},
)
django.setup()

from django.core import serializers
from django.core.management import call_command
from shop.models import Product

call_command("migrate", run_syncdb=True, verbosity=0)
product = Product.objects.create(title="dress")
fixture = serializers.serialize("json", product.translations.all())
product.title = "skirt"
product.save()
for row in serializers.deserialize("json", fixture):
    row.save()

print("in the table:", *product.translations.values_list("title", flat=True))
print("read:", Product.objects.get().title)
print("read, prefetched:", Product.objects.prefetch_related("translations").get().title)
print("read again:", Product.objects.get().title)
PYTHON
expect <<'END'
in the table: dress
read: skirt
read, prefetched: dress
read again: dress
END
