"""Addresses of obligations and waivers, mounted at /obligations/."""

from django.urls import path

from approvals import obligation_views as views

app_name = "obligations"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/close/", views.close, name="close"),
]
