from django.contrib import admin
from reversion.admin import VersionAdmin

from .models import Product

admin.site.register(Product, VersionAdmin)
