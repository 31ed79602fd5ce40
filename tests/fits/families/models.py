from django.conf import settings
from django.db import models
from polymorphic.models import PolymorphicModel

Base = PolymorphicModel if settings.FAMILY == "polymorphic" else models.Model


class Item(Base):  # type: ignore[misc, valid-type]
    name = models.CharField(max_length=50)
    image = models.ImageField(upload_to="items", blank=True)

    def __str__(self) -> str:
        return self.name


class Article(Item):
    class Meta:
        proxy = True


class Garment(Item):
    size = models.CharField(max_length=5, blank=True)
