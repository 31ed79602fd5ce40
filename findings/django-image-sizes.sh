#!/usr/bin/env bash
# `list(Photo.objects.all())` opens every picture's file.
#
# An ImageField with `width_field` and `height_field` keeps the size in the row, so that nobody
# need open the file. Where those columns are empty (they were added later, or the rows came by
# SQL) Django measures each picture whenever a row becomes an object, and saves nothing, so the
# next page does it again: with a storage elsewhere that is a request a row. One file that is gone
# fails the whole list. Without the two options, or with `.only("id")`, no file is opened.
#
# Django 5.2.19: django/db/models/fields/files.py, ImageField.update_dimension_fields, called by
# post_init.
. "$(dirname "$0")/shared.bash"
install Django==5.2.19 pillow==13.0.0

observe python - <<'PYTHON'
import io

import django
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from PIL import Image

DATABASE = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
settings.configure(DATABASES={"default": DATABASE}, MEDIA_ROOT="media")
django.setup()
from django.db import connection, models  # noqa: E402

opened = []


class Storage(FileSystemStorage):
    def _open(self, name, mode="rb"):
        opened.append(name)
        return super()._open(name, mode)


class Photo(models.Model):
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    file = models.ImageField(storage=Storage(), width_field="width", height_field="height")

    class Meta:
        app_label = "shop"


def read(what, photos):
    opened.clear()
    try:
        print(f"{what}: {len(photos)} rows, {len(opened)} files opened")
    except FileNotFoundError:
        print(f"{what}: FileNotFoundError")


with connection.schema_editor() as editor:
    editor.create_model(Photo)
picture = io.BytesIO()
Image.new("RGB", (5, 4)).save(picture, "PNG")
for number in range(3):
    Photo.objects.create(file=ContentFile(picture.getvalue(), name=f"{number}.png"))

read("with their sizes", Photo.objects.all())
Photo.objects.update(width=None, height=None)
read("without", Photo.objects.all())
read("and again", Photo.objects.all())
read("the keys alone", Photo.objects.only("id"))
Photo.objects.first().file.storage.delete("1.png")
read("one file is gone", Photo.objects.all())
PYTHON
expect <<'END'
with their sizes: 3 rows, 0 files opened
without: 3 rows, 3 files opened
and again: 3 rows, 3 files opened
the keys alone: 3 rows, 0 files opened
one file is gone: FileNotFoundError
END
