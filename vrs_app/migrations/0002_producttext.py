import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from vrs_app.conf import product_model_label
from vrs_app.infra.migration_operations import DeleteWithTarget


class Migration(migrations.Migration):

    dependencies = [('vrs_app', '0001_initial')]

    operations = [
        migrations.CreateModel(
            name='ProductText',
            fields=[
                ('product', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='vrs_text', serialize=False, to=product_model_label(), verbose_name='product')),
                ('digest', models.CharField(max_length=64)),
                ('words', django.contrib.postgres.search.SearchVectorField(editable=False)),
            ],
            options={
                'verbose_name': 'words of a product',
                'verbose_name_plural': 'words of products',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], name='vrs_words')],
            },
        ),
        DeleteWithTarget('producttext', 'product', 'vrs_goes_with_its_product'),
    ]
