"""The URLs of personal recommendations; a shop includes them beside those of the core:
`path("api/", include("vrs_app.contrib.history.api.urls"))`.
"""

from django.urls import path

from vrs_app.api import schema

from .views import InteractionsView, RecommendationsView

app_name = "vrs_history_api"
urlpatterns = [
    path("recommendations/", RecommendationsView.as_view(), name="recommendations"),
    path("interactions/", InteractionsView.as_view(), name="interactions"),
]

schema.register_urls(__name__, "vrs_history_api:recommendations", "/recommendations/")
