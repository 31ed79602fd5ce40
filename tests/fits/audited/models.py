from django.db import models
from simple_history.models import HistoricalRecords


class Product(models.Model):
    name = models.CharField(max_length=50)
    image = models.ImageField(upload_to="products", blank=True)
    history = HistoricalRecords()

    def __str__(self) -> str:
        return self.name


class Review(models.Model):
    product = models.ForeignKey(Product, models.CASCADE, related_name="reviews")
    text = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.text
