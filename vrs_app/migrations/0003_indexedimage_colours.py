from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('vrs_app', '0002_producttext')]

    operations = [
        migrations.AddField(
            model_name='indexedimage',
            name='colours',
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False, verbose_name='colours'),
        ),
        migrations.AlterField(
            model_name='heartbeat',
            name='part',
            field=models.CharField(choices=[('worker', 'worker'), ('sweep', 'sweep'), ('reconcile', 'comparison with the catalogue'), ('photos', 'photo search')], max_length=10, primary_key=True, serialize=False),
        ),
    ]
