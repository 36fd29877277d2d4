"""Addresses of the standards library."""

from django.urls import path

from standards import views

app_name = "standards"
urlpatterns = [
    path("", views.index, name="index"),
    path("items/<slug:code>/", views.item, name="item"),
    path("catalogue/", views.catalogue, name="catalogue"),
    path("catalogue/<int:pk>/", views.standard, name="standard"),
]
