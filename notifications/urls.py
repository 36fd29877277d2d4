"""Addresses of the notices."""

app_name = "notifications"
urlpatterns: list = []
