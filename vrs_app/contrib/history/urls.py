"""The URL that forms of the shop's pages post interactions to; a shop includes it:
`path("history/", include("vrs_app.contrib.history.urls"))`.
"""

from django.urls import path

from .views import note

app_name = "vrs_history"
urlpatterns = [path("note/", note, name="note")]
