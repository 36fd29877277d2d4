"""Addresses of the report on overlapping systems, mounted at /duplicates/overlaps/."""

from django.urls import path

from projects.views import overlaps as views

app_name = "overlaps"
urlpatterns = [
    path("", views.overlaps, name="overlaps"),
    path("download.<str:kind>", views.download_overlaps, name="download_overlaps"),
    path("<int:pk>/dismiss/", views.dismiss_overlap, name="dismiss_overlap"),
    path("dismissals/<int:pk>/restore/", views.restore_overlap, name="restore_overlap"),
]
