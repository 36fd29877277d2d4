"""Addresses of the personal pages, mounted at /me/."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.profile, name="profile"),
    path("permissions/", views.permissions, name="permissions"),
    path("people/", views.people, name="people"),
    path("people/<int:pk>/unlock/", views.unlock, name="unlock"),
]
