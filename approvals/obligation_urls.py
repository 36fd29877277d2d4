"""Addresses of obligations and waivers, mounted at /obligations/."""

from django.urls import path

from approvals import obligation_views as views

app_name = "obligations"
urlpatterns = [
    path("", views.obligations, name="obligations"),
    path("<int:pk>/close/", views.close_obligation, name="close_obligation"),
]
