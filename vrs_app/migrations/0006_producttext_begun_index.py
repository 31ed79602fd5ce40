from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    """The shop goes on saving products meanwhile. Broken off, it may be begun again."""

    atomic = False

    dependencies = [('vrs_app', '0005_producttext_begun')]

    operations = [
        # What is left of a build that was broken off is no index, and in the way of one.
        migrations.RunSQL('DROP INDEX CONCURRENTLY IF EXISTS vrs_begun', migrations.RunSQL.noop),
        AddIndexConcurrently('producttext', GinIndex(fields=['begun'], name='vrs_begun')),
    ]
