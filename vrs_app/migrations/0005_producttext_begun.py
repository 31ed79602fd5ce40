import django.contrib.postgres.search
from django.db import migrations


class Migration(migrations.Migration):
    """The rows are not written, so that it takes no time; `vrs_embed` or the sweep fills them."""

    dependencies = [('vrs_app', '0004_measure_every_picture')]

    operations = [
        migrations.AddField(
            model_name='producttext',
            name='begun',
            field=django.contrib.postgres.search.SearchVectorField(db_default='', default='', editable=False),
        ),
    ]
