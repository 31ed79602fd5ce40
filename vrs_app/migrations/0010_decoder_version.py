from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vrs_app', '0009_rows_of_a_file'),
    ]

    operations = [
        migrations.AddField(
            model_name='indexedimage',
            name='decoder_version',
            field=models.PositiveSmallIntegerField(db_default=1, default=1, editable=False),
        ),
    ]
