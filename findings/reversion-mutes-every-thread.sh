#!/usr/bin/env bash
# While somebody looks at an old version of one row in django-reversion's admin, no save of any model
# in any thread of that process sends a signal.
#
# To show a version, the admin reverts it, renders the form and rolls back; its signals would be
# wrong, so it mutes them. It does that by emptying the signal's list of receivers, of which a process
# has one, under the lock that `connect` takes: safe for the list, and deaf for all others until the
# page is rendered. A server with threads loses what its receivers do in that time: a search index,
# a cache or an audit log misses those saves.
#
# django-reversion 6.4.0: reversion/utils.py, mute_signals; reversion/admin.py,
# _reversion_revisionform_view, where a GET uses it.
. "$(dirname "$0")/shared.bash"
install Django==5.2.19 django-reversion==6.4.0

mkdir shop
touch shop/__init__.py
cat >shop/models.py <<'PYTHON'
from django.db import models


class Product(models.Model):
    name = models.CharField(max_length=50)
PYTHON

observe python -W ignore - <<'PYTHON'
from threading import Thread

import django
from django.conf import settings

DATABASE = {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3"}
settings.configure(
    DATABASES={"default": DATABASE},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "reversion", "shop"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.core.management import call_command
from django.db.models.signals import post_save
from reversion.utils import mute_signals
from shop.models import Product

call_command("migrate", run_syncdb=True, verbosity=0)
heard = []
post_save.connect(lambda instance, **_: heard.append(instance.name), Product, weak=False)


def save(name):
    """As a request that another thread of the server answers."""
    thread = Thread(target=Product.objects.create, kwargs={"name": name})
    thread.start()
    thread.join()


save("before")
with mute_signals(post_save):  # as the page does for as long as it takes
    save("meanwhile")
save("after")
print("saved:", *Product.objects.order_by("pk").values_list("name", flat=True))
print("heard:", *heard)
PYTHON
expect <<'END'
saved: before meanwhile after
heard: before after
END
