#!/usr/bin/env bash
# `save(update_fields=["state"])` of a row whose large column is deferred fetches that column, and
# writes it into another table. Deleting a queryset fetches it for every row and writes it as often.
#
# django-easy-audit listens to the signals of all models of all apps, unasked, and keeps each row as JSON
# in full. So a column of 10 kB, such as a vector, costs 10 kB more for each change of its row's state;
# and a deletion that Django would have done in one statement fetches the rows, since somebody
# listens. `bulk_create`, `bulk_update` and `QuerySet.update` send no signals: nothing is kept of them.
#
# django-easy-audit 1.3.9: easyaudit/signals/model_signals.py, which connects without a sender, and
# serializes the instance. Django 5.2.19: django/db/models/deletion.py, can_fast_delete.
. "$(dirname "$0")/shared.bash"
install Django==5.2.19 django-easy-audit==1.3.9

mkdir shop
touch shop/__init__.py
cat >shop/models.py <<'PYTHON'
from django.db import models


class Document(models.Model):
    state = models.CharField(max_length=10)
    large = models.TextField()
PYTHON

observe python -W ignore - <<'PYTHON'
import django
from django.conf import settings

DATABASE = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
settings.configure(
    DATABASES={"default": DATABASE},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "easyaudit",
        "shop",
    ],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from easyaudit.models import CRUDEvent
from shop.models import Document

call_command("migrate", run_syncdb=True, verbosity=0)


def observe(what, do):
    CRUDEvent.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        do()
    fetched = any(
        each["sql"].startswith("SELECT") and '"large"' in each["sql"] for each in queries
    )
    kept = sum(len(event.object_json_repr) for event in CRUDEvent.objects.all())
    print(f"{what}: {'fetched' if fetched else 'not fetched'}, {kept // 10_000} copies kept")


def save():
    row = Document.objects.defer("large").first()
    CRUDEvent.objects.all().delete()
    row.state = "new"
    row.save(update_fields=["state"])


new = [Document(state="old", large="x" * 10_000) for _ in range(3)]
observe("bulk_create", lambda: Document.objects.bulk_create(new))
observe("save of one state", save)
observe("QuerySet.update", lambda: Document.objects.update(state="old"))
observe("QuerySet.delete", lambda: Document.objects.all().delete())
PYTHON
expect <<'END'
bulk_create: not fetched, 0 copies kept
save of one state: fetched, 1 copies kept
QuerySet.update: not fetched, 0 copies kept
QuerySet.delete: fetched, 3 copies kept
END
