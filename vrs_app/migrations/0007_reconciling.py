from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('vrs_app', '0006_producttext_begun_index')]

    # Columns without a default: PostgreSQL writes no row anew for them.
    operations = [
        migrations.AddField(
            model_name='indexedimage',
            name='checked_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='heartbeat',
            name='begun_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='heartbeat',
            name='part',
            field=models.CharField(choices=[('worker', 'worker'), ('sweep', 'sweep'), ('reconcile', 'comparison with the catalogue'), ('photos', 'photo search'), ('files', 'comparison with the files')], max_length=10, primary_key=True, serialize=False),
        ),
    ]
