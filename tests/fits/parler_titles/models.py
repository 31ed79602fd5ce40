import reversion
from django.db import models
from parler.models import TranslatableModel, TranslatedFields


class Shelf(TranslatableModel):
    translations = TranslatedFields(name=models.CharField(max_length=50))

    def __str__(self) -> str:
        return str(self.safe_translation_getter("name", default=""))


class Product(TranslatableModel):
    shelf = models.ForeignKey(Shelf, models.CASCADE, null=True, blank=True)
    image = models.ImageField(upload_to="products", blank=True)
    translations = TranslatedFields(name=models.CharField(max_length=50))

    def __str__(self) -> str:
        return str(self.safe_translation_getter("name", default=""))


reversion.register(Product, follow=("translations",))
reversion.register(Product.translations.rel.related_model)
