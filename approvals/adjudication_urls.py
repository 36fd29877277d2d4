"""Addresses of the duplicate-build pages; approvals.urls includes them."""

from django.urls import path

from approvals import adjudication_views as views

urlpatterns = [
    path("duplicates/", views.duplicates, name="duplicates"),
    path("duplicates/batch/", views.batch, name="batch"),
    path("duplicates/cuts/", views.cuts, name="cuts"),
    path("duplicates/exceptions/", views.exceptions, name="exceptions"),
    path("projects/<str:ref>/findings/", views.compare, name="compare"),
    path("projects/<str:ref>/findings/<int:pk>/", views.adjudicate, name="adjudicate"),
    path("projects/<str:ref>/findings/<int:pk>/reply/", views.reply, name="reply"),
]
