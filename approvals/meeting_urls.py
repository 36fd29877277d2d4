"""Addresses of meetings, mounted at /meetings/."""

from django.urls import path

from approvals import meeting_views as views

app_name = "meetings"
urlpatterns = [
    path("", views.meetings, name="meetings"),
    path("new/", views.new_meeting, name="new_meeting"),
    path("<int:pk>/", views.meeting, name="meeting"),
    path("<int:pk>/edit/", views.edit_meeting, name="edit_meeting"),
    path("<int:pk>/agenda/put/", views.put_on_agenda, name="put_on_agenda"),
    path("<int:pk>/release/", views.release, name="release"),
    path("<int:pk>/cancel/", views.cancel_meeting, name="cancel_meeting"),
    path("<int:pk>/agenda/", views.agenda, name="agenda"),
    path("<int:pk>/minutes/", views.minutes, name="minutes"),
    path("items/<int:pk>/result/", views.result, name="result"),
    path("items/<int:pk>/off/", views.take_off_agenda, name="take_off_agenda"),
    path("items/<int:pk>/letter/", views.letter, name="letter"),
]
