from django.db import models
from modeltrans.fields import TranslationField
from translated_fields import TranslatedField


class Shelf(models.Model):
    """Its name is translated by django-modeltrans, into one column of JSON."""

    name = models.CharField(max_length=50)
    i18n = TranslationField(fields=("name",))

    def __str__(self) -> str:
        return str(self.name_i18n)


class Product(models.Model):
    """Its name by django-modeltranslation, its material by django-translated-fields."""

    name = models.CharField(max_length=50)
    material = TranslatedField(models.CharField(max_length=50, blank=True))
    shelf = models.ForeignKey(Shelf, models.CASCADE, null=True, blank=True)
    image = models.ImageField(upload_to="products", blank=True)

    def __str__(self) -> str:
        return self.name
