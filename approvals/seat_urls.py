"""Addresses of the seats of a review."""

from django.urls import path

from approvals import seat_views

urlpatterns = [
    path(
        "projects/<ref:ref>/reviews/<int:pk>/seats/<int:seat>/<slug:move>/", seat_views.seat_step, name="seat_step",
    ),
]  # fmt: skip
