"""Addresses of the calendar and of the escalations."""

from django.urls import path

from approvals import calendar_views, clock_views

app_name = "clocks"
urlpatterns = [
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/import/", calendar_views.import_calendar, name="import_calendar"),
    path("calendar/template.xlsx", calendar_views.calendar_template, name="calendar_template"),
    path("escalations/", clock_views.escalations, name="escalations"),
]
