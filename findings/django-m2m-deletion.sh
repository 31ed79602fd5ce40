#!/usr/bin/env bash
# A product that loses a category by `remove`, by `clear` or by `set` sends m2m_changed. A product that
# loses it because the category is deleted sends nothing, and neither does the row in between.
#
# Django deletes the rows of a relation with either end, and skips the signals of a model that it
# has made itself: pre_delete and post_delete of the category are all there is, and only at the first
# does the database still know which products had it. The manual lists the actions of m2m_changed and
# does not say that a deletion is none.
#
# Django 5.2.19: django/db/models/deletion.py, Collector.delete, "if not model._meta.auto_created".
. "$(dirname "$0")/shared.bash"
install Django==5.2.19

mkdir shop
touch shop/__init__.py
cat >shop/models.py <<'PYTHON'
from django.db import models


class Category(models.Model):
    pass


class Product(models.Model):
    categories = models.ManyToManyField(Category)
PYTHON

observe python -W ignore - <<'PYTHON'
import django
from django.conf import settings

DATABASE = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
settings.configure(
    DATABASES={"default": DATABASE},
    INSTALLED_APPS=["shop"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.core.management import call_command
from django.db.models.signals import m2m_changed, post_delete, pre_delete
from shop.models import Category, Product

call_command("migrate", run_syncdb=True, verbosity=0)


def tell(sender, signal, action="", **_):
    products = Product.categories.through.objects.count()
    said = " ".join(filter(None, (names[signal], sender.__name__, action)))
    print(f"  {said}, products that have it: {products}")


def observe(what, do):
    print(what)
    product, category = Product.objects.create(), Category.objects.create()
    product.categories.add(category)
    for signal in names:
        signal.connect(tell)
    do(product, category)
    for signal in names:
        signal.disconnect(tell)


names = {m2m_changed: "m2m_changed", pre_delete: "pre_delete", post_delete: "post_delete"}
observe("categories.remove", lambda product, category: product.categories.remove(category))
observe("category.delete", lambda product, category: category.delete())
PYTHON
expect <<'END'
categories.remove
  m2m_changed Product_categories pre_remove, products that have it: 1
  m2m_changed Product_categories post_remove, products that have it: 0
category.delete
  pre_delete Category, products that have it: 1
  post_delete Category, products that have it: 0
END
