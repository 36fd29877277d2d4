"""Addresses of the notices, mounted at /notifications/."""

from django.urls import path

from notifications import settings_views, views

app_name = "notifications"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.open, name="open"),
    path("read/", views.mark_all_read, name="mark_all_read"),
    path("preferences/", views.preferences, name="preferences"),
    path("failed/", views.failed, name="failed"),
    path("failed/retry/", views.retry_all, name="retry_all"),
    path("failed/<int:pk>/retry/", views.retry, name="retry"),
    path("channels/", settings_views.channels, name="channels"),
    path("channels/new/", settings_views.new_channel, name="new_channel"),
    path("channels/<int:pk>/", settings_views.channel, name="channel"),
    path("channels/<int:pk>/test/", settings_views.try_channel, name="try_channel"),
    path("texts/", settings_views.texts, name="texts"),
    path("texts/<str:event>/<str:language>/", settings_views.text, name="text"),
]
