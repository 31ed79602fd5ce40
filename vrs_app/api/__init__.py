"""The HTTP API, built on Django REST framework; a shop enables it by including `api.urls`."""
