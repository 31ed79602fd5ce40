import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from vrs_app.conf import product_model_label
from vrs_app.infra.migration_operations import DeleteWithTarget, product_model_dependencies


class Migration(migrations.Migration):

    initial = True

    # Both follow VRS["PRODUCT_MODEL"], so that this migration fits every shop.
    dependencies = [
        *product_model_dependencies(),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='InteractionRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visitor', models.UUIDField(null=True, verbose_name='anonymous visitor')),
                ('kind', models.CharField(choices=[('viewed', 'viewed'), ('liked', 'liked'), ('cart', 'put in the cart'), ('bought', 'bought'), ('dismissed', 'not interested')], max_length=10, verbose_name='what')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('product', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=product_model_label(), verbose_name='product')),
                ('user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'interaction',
                'verbose_name_plural': 'interactions',
                'indexes': [models.Index(fields=['at'], name='vrs_interactions_by_age')],
                'constraints': [models.CheckConstraint(condition=models.Q(('user', None), ('visitor', None), _connector='XOR'), name='vrs_one_shopper_a_row'), models.UniqueConstraint(fields=('user', 'product', 'kind'), name='vrs_once_a_user_and_kind'), models.UniqueConstraint(fields=('visitor', 'product', 'kind'), name='vrs_once_a_visitor_and_kind')],
            },
        ),
        DeleteWithTarget('interactionrow', 'product', 'vrs_interaction_goes_with_its_product'),
        DeleteWithTarget('interactionrow', 'user', 'vrs_interaction_goes_with_its_user'),
    ]
