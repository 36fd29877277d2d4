"""Addresses of the quality page, of trials and of what they change; approvals.urls includes them."""

from django.urls import path

from approvals import quality_views, trial_views

urlpatterns = [
    path("duplicates/quality/", quality_views.quality, name="quality"),
    path("duplicates/quality/labels.zip", quality_views.labels, name="labels"),
    path("duplicates/thresholds/", trial_views.thresholds, name="thresholds"),
    path("duplicates/synonyms/", trial_views.synonyms, name="synonyms"),
    path("duplicates/synonyms/<int:pk>/", trial_views.switch_synonyms, name="switch_synonyms"),
    path("duplicates/trials/<int:pk>/", trial_views.trial, name="trial"),
]
