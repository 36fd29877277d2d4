"""Addresses at which a change of the standards library meets the proposals, mounted at /standards/."""

from django.urls import path

from projects.views import editions

app_name = "editions"
urlpatterns = [
    path("editions/<int:pk>/preview/", editions.preview_edition, name="preview_edition"),
    path("catalogue/<int:pk>/supersede/", editions.supersede, name="supersede"),
    path("conditions/try/", editions.try_condition, name="try_condition"),
]
