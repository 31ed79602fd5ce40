#!/usr/bin/env bash
# Registering a model in Django's admin takes from a superuser the right to delete another one.
#
# A product's views go with it (on_delete=CASCADE). As long as View is unknown to the admin, staff
# delete a product without a word. An admin for it that is there to be read only, with
# has_delete_permission() answering False, makes deleting the *product* a 403, for superusers too:
# the admin asks each registered model about its rows, and passes over those that it does not know.
#
# Django 5.2.19: django/contrib/admin/utils.py, get_deleted_objects.
. "$(dirname "$0")/shared.bash"
install Django==5.2.19

mkdir shop
touch shop/__init__.py
cat >shop/models.py <<'PYTHON'
from django.db import models


class Product(models.Model):
    pass


class View(models.Model):
    product = models.ForeignKey(Product, models.CASCADE)
PYTHON
observe python - <<'PYTHON'
import logging

import django
from django.conf import settings

APPS = ("admin", "auth", "contenttypes", "sessions", "messages")
MIDDLEWARE = ("sessions.middleware.Session", "auth.middleware.Authentication",
              "messages.middleware.Message")
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[*(f"django.contrib.{app}" for app in APPS), "shop"],
    MIDDLEWARE=[f"django.contrib.{name}Middleware" for name in MIDDLEWARE],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    ALLOWED_HOSTS=["testserver"], ROOT_URLCONF=__name__, SECRET_KEY="for this script alone",
)  # fmt: skip
django.setup()
logging.disable()
from django.contrib import admin  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402
from shop.models import Product, View  # noqa: E402


class ReadOnly(admin.ModelAdmin):
    def has_delete_permission(self, request, obj=None):
        return False


def delete(when):
    product = Product.objects.create()
    View.objects.create(product=product)
    answer = client.post(f"/admin/shop/product/{product.pk}/delete/", {"post": "yes"})
    there = Product.objects.filter(pk=product.pk).exists()
    print(f"{when}: {answer.status_code}, {'still there' if there else 'deleted'}")


admin.site.register(Product)
urlpatterns = [path("admin/", admin.site.urls)]
call_command("migrate", run_syncdb=True, verbosity=0)
client = Client()
client.force_login(User.objects.create_superuser("owner"))
delete("without an admin for views")
admin.site.register(View, ReadOnly)
delete("with a read-only one")
PYTHON
expect <<'END'
without an admin for views: 302, deleted
with a read-only one: 403, still there
END
