"""Where forms send what a shopper did; a shop that has such forms includes this:
`path("history/", include("vrs_app.contrib.history.urls"))`.
"""

from django.urls import path

from .views import note

app_name = "vrs_history"
urlpatterns = [path("note/", note, name="note")]
