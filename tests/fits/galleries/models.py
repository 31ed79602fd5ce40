import reversion
from django.db import models
from sortedm2m.fields import SortedManyToManyField
from taggit.managers import TaggableManager


class Category(models.Model):
    name = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.name


class Photo(models.Model):
    file = models.ImageField(upload_to="photos")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.file)


class Product(models.Model):
    name = models.CharField(max_length=50)
    slug = models.CharField(max_length=50, blank=True)
    photos = models.ManyToManyField(Photo, blank=True)
    details = SortedManyToManyField(Photo, blank=True, related_name="detail_of")
    categories = models.ManyToManyField(Category, blank=True)
    tags = TaggableManager(blank=True)
    looks = models.ManyToManyField(Photo, through="Look", related_name="look_of")

    def __str__(self) -> str:
        return self.name


class Look(models.Model):
    """A photo in a place of a product's gallery."""

    product = models.ForeignKey(Product, models.CASCADE)
    photo = models.ForeignKey(Photo, models.CASCADE)
    place = models.PositiveIntegerField()

    class Meta:
        ordering = ("place",)

    def __str__(self) -> str:
        return f"{self.photo}, {self.place}"


class Cover(models.Model):
    """A picture that belongs to one product, beside the shared ones."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="covers")
    file = models.ImageField(upload_to="covers")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.file)


reversion.register(Product, follow=("covers",))
reversion.register(Cover)
