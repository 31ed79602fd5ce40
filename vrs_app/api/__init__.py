"""The HTTP API, by Django REST framework. A shop that wants it includes `vrs_app.api.urls`."""
