from django.contrib import admin
from parler.admin import TranslatableAdmin

from .models import Product

admin.site.register(Product, TranslatableAdmin)
