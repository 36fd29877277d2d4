"""Addresses of several cases at once, of kept phrases and of kept filters."""

from django.urls import path

from approvals import personal_views, together_views

urlpatterns = [
    path("together/", together_views.together, name="together"),
    path("cases.xlsx", together_views.export_cases, name="export_cases"),
    path("projects/<ref:ref>/follow/", personal_views.follow, name="follow"),
    path("me/phrases/", personal_views.phrases, name="phrases"),
    path("me/filters/", personal_views.filters, name="filters"),
]
