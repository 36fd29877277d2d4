"""Addresses of the workbench, cases, steps, reviews, notices and findings."""

from django.urls import path

from approvals import adjudication_urls, interruption_views, quality_urls, review_urls, views

app_name = "approvals"
urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("projects/<ref:ref>/", views.case, name="case"),
    path("projects/<ref:ref>/steps/<str:action>/", views.step, name="step"),
    path("projects/<ref:ref>/steps/<slug:action>/answers/", interruption_views.interruption, name="interruption"),
    *review_urls.urlpatterns,
    *adjudication_urls.urlpatterns,
    *quality_urls.urlpatterns,
]
