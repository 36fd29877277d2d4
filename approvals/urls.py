"""Addresses of the workbench, cases, steps, reviews, notices and findings."""

from django.urls import path

from approvals import (
    adjudication_urls,
    clock_views,
    desk_urls,
    interruption_views,
    panel_urls,
    personal_urls,
    quality_urls,
    review_urls,
    seat_urls,
    views,
)

app_name = "approvals"
urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("projects/<ref:ref>/", views.case, name="case"),
    path("projects/<ref:ref>/deadline/", clock_views.deadline, name="deadline"),
    path("projects/<ref:ref>/steps/<str:action>/", views.step, name="step"),
    path("projects/<ref:ref>/steps/<slug:action>/answers/", interruption_views.interruption, name="interruption"),
    *panel_urls.urlpatterns,
    *review_urls.urlpatterns,
    *seat_urls.urlpatterns,
    *adjudication_urls.urlpatterns,
    *quality_urls.urlpatterns,
    *desk_urls.urlpatterns,
    *personal_urls.urlpatterns,
]
