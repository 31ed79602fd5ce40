import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from vrs_app.conf import product_model_label
from vrs_app.infra.migration_operations import EnsureSchema


class Migration(migrations.Migration):

    dependencies = [('vrs_app', '0007_reconciling')]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(blank=True, max_length=201)),
                ('key', models.TextField(blank=True)),
                ('product', models.TextField(blank=True, verbose_name='product')),
                ('noted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='changed')),
                ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='attempts')),
                ('token', models.UUIDField(editable=False, null=True)),
                ('not_before', models.DateTimeField(editable=False, null=True)),
                ('error', models.TextField(blank=True, db_default='', default='', verbose_name='error')),
            ],
            options={
                'verbose_name': 'change',
                'verbose_name_plural': 'changes',
                'indexes': [models.Index(condition=models.Q(('token__isnull', False)), fields=['product'], name='vrs_claimed_products')],
            },
        ),
        # Rows come and go in their thousands: vacuumed by their number, not by a share of it.
        migrations.RunSQL(
            'ALTER TABLE "vrs_app_change" SET ('
            'autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, '
            'autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0, '
            'autovacuum_analyze_threshold = 1000)',
            migrations.RunSQL.noop,
        ),
        # A column without a default: PostgreSQL writes no row anew for it.
        migrations.AddField(
            model_name='indexedimage',
            name='withheld_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='indexedimage',
            name='product',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='vrs_images+', related_query_name='vrs_images', to=product_model_label(), verbose_name='product'),
        ),
        migrations.AlterField(
            model_name='producttext',
            name='product',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='vrs_text+', related_query_name='vrs_text', serialize=False, to=product_model_label(), verbose_name='product'),
        ),
        migrations.AlterField(
            model_name='heartbeat',
            name='part',
            field=models.CharField(choices=[('worker', 'worker'), ('sweep', 'sweep'), ('reconcile', 'comparison with the catalogue'), ('photos', 'photo search'), ('files', 'comparison with the files'), ('outbox', 'draining of the outbox')], max_length=10, primary_key=True, serialize=False),
        ),
        EnsureSchema(),
    ]
