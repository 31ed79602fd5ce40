import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from vrs_app.conf import product_model_label
from vrs_app.infra.migration_operations import product_model_dependencies


class Migration(migrations.Migration):

    initial = True

    # Both follow VRS["PRODUCT_MODEL"], so that this migration fits every shop.
    dependencies = product_model_dependencies()

    operations = [
        migrations.CreateModel(
            name='CoverageReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField(auto_now_add=True, verbose_name='started')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                ('cursor', models.TextField(blank=True, default='')),
                ('asked', models.PositiveIntegerField(default=0, verbose_name='pages looked at')),
                ('unanswered', models.PositiveIntegerField(default=0, verbose_name='pages that an error kept unseen')),
                ('places', models.PositiveBigIntegerField(default=0, verbose_name='recommendations in all')),
                ('too_often_times', models.FloatField(verbose_name='times the mean that is too often')),
            ],
            options={
                'verbose_name': 'coverage report',
                'verbose_name_plural': 'coverage reports',
            },
        ),
        migrations.CreateModel(
            name='CoverageRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pages', models.PositiveIntegerField(default=0, verbose_name='pages')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=product_model_label(), verbose_name='product')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='vrs_merchandising.coveragereport')),
            ],
            options={
                'verbose_name': 'product by its coverage',
                'verbose_name_plural': 'products by coverage',
                'indexes': [models.Index(fields=['report', 'pages'], name='vrs_coverage_by_pages')],
                'constraints': [models.UniqueConstraint(fields=('report', 'product'), name='vrs_one_count_a_product')],
            },
        ),
        migrations.CreateModel(
            name='Hidden',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hidden', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=product_model_label(), verbose_name='hidden product')),
                ('product', models.ForeignKey(blank=True, help_text='Leave this empty to hide it on every page.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=product_model_label(), verbose_name='on the page of')),
            ],
            options={
                'verbose_name': 'hidden product',
                'verbose_name_plural': 'hidden products',
                'ordering': ('-pk',),
                'constraints': [models.UniqueConstraint(fields=('product', 'hidden'), name='vrs_hidden_once_a_page', violation_error_message='It is hidden on that page already.'), models.UniqueConstraint(condition=models.Q(('product', None)), fields=('hidden',), name='vrs_hidden_everywhere_once', violation_error_message='It is hidden everywhere already.')],
            },
        ),
        migrations.CreateModel(
            name='Pin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name='position')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=product_model_label(), verbose_name='product')),
                ('recommended', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=product_model_label(), verbose_name='recommended product')),
            ],
            options={
                'verbose_name': 'pinned product',
                'verbose_name_plural': 'pinned products',
                'ordering': ('product_id', 'position'),
                'constraints': [models.UniqueConstraint(fields=('product', 'position'), name='vrs_one_pin_a_position', violation_error_message='Another product is pinned there.'), models.UniqueConstraint(fields=('product', 'recommended'), name='vrs_one_pin_a_product', violation_error_message='It is pinned on that page already.'), models.CheckConstraint(condition=models.Q(('product', models.F('recommended')), _negated=True), name='vrs_never_pinned_to_itself', violation_error_message='A product is never recommended on its own page.'), models.CheckConstraint(condition=models.Q(('position__gte', 1)), name='vrs_pins_count_from_one')],
            },
        ),
    ]
