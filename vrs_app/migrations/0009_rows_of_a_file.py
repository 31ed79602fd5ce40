from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The shop goes on saving products meanwhile. Broken off, it may be begun again."""

    atomic = False

    dependencies = [('vrs_app', '0008_change')]

    operations = [
        # What is left of a build that was broken off is no index, and in the way of one.
        migrations.RunSQL('DROP INDEX CONCURRENTLY IF EXISTS vrs_rows_of_a_file', migrations.RunSQL.noop),
        AddIndexConcurrently('indexedimage', models.Index(fields=['name'], name='vrs_rows_of_a_file')),
    ]
