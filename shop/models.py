"""What the shop sells: categories, products, and a gallery of pictures for each."""

import posixpath
import re
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

CATEGORY_LENGTH = 100
"""The most characters of a category's name and of its slug."""
STEM_BYTES, SUFFIX_BYTES = 100, 20
"""The most bytes of a picture's name; file systems take 255, and storages lengthen taken names."""


class CategoryQuerySet(models.QuerySet["Category"]):
    def offered(self) -> "CategoryQuerySet":
        """Categories with a product on sale."""
        on_sale = Product.objects.on_sale().filter(category=models.OuterRef("pk"))
        return self.filter(models.Exists(on_sale))


class Category(models.Model):
    name = models.CharField(_("name"), max_length=CATEGORY_LENGTH)
    slug = models.SlugField(_("slug"), max_length=CATEGORY_LENGTH, unique=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("category", args=[self.slug])


class ProductQuerySet(models.QuerySet["Product"]):
    def published(self) -> "ProductQuerySet":
        """Products that have a page."""
        return self.filter(published=True)

    def on_sale(self) -> "ProductQuerySet":
        """Products that lists may offer: published and in stock."""
        return self.published().filter(stock__gt=0)


class Product(models.Model):
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(
        _("slug"),
        max_length=220,
        unique=True,
        blank=True,
        help_text=_("The product's address; made from the name where it is left empty."),
    )
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="products", verbose_name=_("category")
    )
    description = models.TextField(_("description"), blank=True)
    colour = models.CharField(_("colour"), max_length=50, blank=True)
    pattern = models.CharField(_("pattern"), max_length=50, blank=True)
    size = models.CharField(_("size"), max_length=20, blank=True)
    condition = models.CharField(_("condition"), max_length=20, blank=True)
    price = models.DecimalField(
        _("price"), max_digits=8, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    stock = models.PositiveIntegerField(_("stock"), default=1)
    published = models.BooleanField(_("published"), default=True)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ("-created", "-pk")
        indexes = (models.Index(fields=["category", "-created"], name="shop_newest_of_category"),)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        if not self.slug:
            self.slug = free_slug(self.name)
        super().save(*args, **options)

    def get_absolute_url(self) -> str:
        return reverse("product", args=[self.slug])


def picture_path(_picture: "ProductImage", name: str) -> str:
    """Storage path of an upload: its own name, clipped to what every file system takes."""
    stem, suffix = posixpath.splitext(name)
    if not re.search(r"\w", stem):  # the storage would strip all of it
        stem = "picture"
    return f"products/{clipped(stem, STEM_BYTES)}{clipped(suffix, SUFFIX_BYTES)}"


def clipped(text: str, max_bytes: int) -> str:
    """As many whole characters of `text` as fit into `max_bytes` of UTF-8."""
    return text.encode(errors="replace")[:max_bytes].decode(errors="ignore")


class ProductImage(models.Model):
    """One picture of a product's gallery; the lowest position is the main picture."""

    product = models.ForeignKey(
        Product, models.CASCADE, related_name="images", verbose_name=_("product")
    )
    image = models.ImageField(_("picture"), upload_to=picture_path, max_length=255)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.image.name or ""


def free_slug(name: str) -> str:
    """`name` as a slug that no product has, numbered from 2 where it is taken."""
    base = slugify(name)[:200] or "product"
    taken = set(Product.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in count(2))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)
