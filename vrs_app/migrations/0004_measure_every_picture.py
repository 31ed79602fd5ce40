from typing import Any

from django.db import migrations
from django.db.models import F

CHUNK = 1_000
"""Pictures whose rows are locked at once; the shop saves others meanwhile."""


def measure_every_picture(apps: Any, schema_editor: Any) -> None:
    """What was embedded before waits once more; its vectors are served meanwhile.

    But for what was given up since it killed its worker each time.

    Broken off and begun again, it lets some wait that have been measured since, no more.
    """
    model = apps.get_model('vrs_app', 'IndexedImage')
    every = model.objects.using(schema_editor.connection.alias)
    images = every.exclude(embeddings__error_code='worker_lost').order_by('pk')
    last = 0
    while keys := list(images.filter(pk__gt=last).values_list('pk', flat=True)[:CHUNK]):
        images.filter(pk__in=keys).order_by().update(revision=F('revision') + 1)
        last = keys[-1]


class Migration(migrations.Migration):

    atomic = False

    dependencies = [('vrs_app', '0003_indexedimage_colours')]

    operations = [
        migrations.RunPython(measure_every_picture, migrations.RunPython.noop),
    ]
