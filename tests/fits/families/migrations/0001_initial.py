import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

POLYMORPHIC = [
    migrations.AddField(
        model_name='item',
        name='polymorphic_ctype',
        field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='polymorphic_%(app_label)s.%(class)s_set+', to='contenttypes.contenttype'),
    ),
]


class Migration(migrations.Migration):

    initial = True

    dependencies = [('contenttypes', '0001_initial')]

    operations = [
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.ImageField(upload_to='photos')),
            ],
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=50)),
                ('image', models.ImageField(blank=True, upload_to='items')),
                ('photos', models.ManyToManyField(blank=True, to='families.photo')),
            ],
        ),
        *(POLYMORPHIC if settings.FAMILY == 'polymorphic' else ()),
        migrations.CreateModel(
            name='Garment',
            fields=[
                ('item_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='families.item')),
                ('size', models.CharField(blank=True, max_length=5)),
            ],
            bases=('families.item',),
        ),
        migrations.CreateModel(
            name='Article',
            fields=[],
            options={'proxy': True, 'indexes': [], 'constraints': []},
            bases=('families.item',),
        ),
    ]
