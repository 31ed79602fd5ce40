from django.conf import settings
from django.db import models
from polymorphic.models import PolymorphicModel

Base = PolymorphicModel if settings.FAMILY == "polymorphic" else models.Model


class Photo(models.Model):
    file = models.ImageField(upload_to="photos")

    def __str__(self) -> str:
        return str(self.file)


class Item(Base):  # type: ignore[valid-type]
    name = models.CharField(max_length=50)
    image = models.ImageField(upload_to="items", blank=True)
    photos = models.ManyToManyField(Photo, blank=True)

    def __str__(self) -> str:
        return self.name


class Article(Item):
    class Meta:
        proxy = True


class Garment(Item):
    size = models.CharField(max_length=5, blank=True)
