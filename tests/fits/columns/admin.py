from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from .models import Product

admin.site.register(Product, TranslationAdmin)
