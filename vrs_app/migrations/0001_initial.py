import django.db.models.deletion
import pgvector.django.halfvec
from django.db import migrations, models

from vrs_app.conf import product_model_label
from vrs_app.infra.migration_operations import EnableVector, product_model_dependencies


class Migration(migrations.Migration):

    initial = True

    # Both follow VRS["PRODUCT_MODEL"], so that this migration fits every shop.
    dependencies = product_model_dependencies()

    operations = [
        EnableVector(),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('part', models.CharField(choices=[('worker', 'worker'), ('sweep', 'sweep'), ('reconcile', 'comparison with the catalogue')], max_length=10, primary_key=True, serialize=False)),
                ('beaten_at', models.DateTimeField()),
                ('problem', models.TextField(blank=True, default='')),
            ],
            options={
                'verbose_name': 'heartbeat',
                'verbose_name_plural': 'heartbeats',
            },
        ),
        migrations.CreateModel(
            name='EmbeddingSpace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('embedder', models.CharField(max_length=200, verbose_name='embedder')),
                ('options', models.JSONField(default=dict, verbose_name='options')),
                ('weights', models.TextField(blank=True, default='', verbose_name='weights')),
                ('weights_digest', models.CharField(blank=True, max_length=64, verbose_name='weights digest')),
                ('dimensions', models.PositiveIntegerField(verbose_name='dimensions')),
                ('state', models.CharField(choices=[('building', 'being built'), ('active', 'active'), ('retired', 'retired')], default='building', max_length=10, verbose_name='state')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
            ],
            options={
                'verbose_name': 'embedding space',
                'verbose_name_plural': 'embedding spaces',
                'constraints': [models.UniqueConstraint(fields=('embedder', 'options', 'weights_digest', 'dimensions'), name='vrs_one_row_a_space'), models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('state',), name='vrs_one_active_space')],
            },
        ),
        migrations.CreateModel(
            name='IndexedImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField(verbose_name='file')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='position')),
                ('revision', models.PositiveIntegerField(default=1)),
                ('digest', models.CharField(blank=True, default='', max_length=64)),
                ('width', models.PositiveIntegerField(null=True, verbose_name='width')),
                ('height', models.PositiveIntegerField(null=True, verbose_name='height')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='vrs_images', to=product_model_label(), verbose_name='product')),
            ],
            options={
                'verbose_name': 'picture',
                'verbose_name_plural': 'pictures',
            },
        ),
        migrations.CreateModel(
            name='ImageEmbedding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('ready', 'Ready'), ('failed', 'Failed')], default='waiting', max_length=10, verbose_name='state')),
                ('revision', models.PositiveIntegerField(default=0)),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('lease_token', models.UUIDField(editable=False, null=True)),
                ('lease_until', models.DateTimeField(editable=False, null=True)),
                ('given_back_at', models.DateTimeField(editable=False, null=True)),
                ('error_code', models.CharField(blank=True, default='', max_length=20, verbose_name='error')),
                ('error_detail', models.TextField(blank=True, default='', verbose_name='reason')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                ('digest', models.CharField(blank=True, default='', max_length=64)),
                ('vector', pgvector.django.halfvec.HalfVectorField(editable=False, null=True)),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='embeddings', to='vrs_app.embeddingspace')),
                ('image', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='embeddings', to='vrs_app.indexedimage')),
            ],
            options={
                'verbose_name': 'embedding',
                'verbose_name_plural': 'embeddings',
            },
        ),
        migrations.AddConstraint(
            model_name='indexedimage',
            constraint=models.UniqueConstraint(fields=('product', 'name'), name='vrs_one_row_a_picture'),
        ),
        migrations.AddConstraint(
            model_name='imageembedding',
            constraint=models.UniqueConstraint(fields=('image', 'space'), name='vrs_one_vector_a_space'),
        ),
        migrations.RunSQL(
            'ALTER TABLE "vrs_app_imageembedding" ADD CONSTRAINT "vrs_goes_with_its_image" '
            'FOREIGN KEY ("image_id") REFERENCES "vrs_app_indexedimage" ("id") ON DELETE CASCADE',
            'ALTER TABLE "vrs_app_imageembedding" DROP CONSTRAINT "vrs_goes_with_its_image"',
        ),
    ]
