"""Addresses of the expert pool, mounted at /experts/."""

from django.urls import path

from approvals import expert_views as views

app_name = "experts"
urlpatterns = [
    path("", views.experts, name="experts"),
    path("new/", views.new_expert, name="new_expert"),
    path("export/", views.export_experts, name="export_experts"),
    path("<int:pk>/edit/", views.edit_expert, name="edit_expert"),
    path("<int:pk>/available/", views.set_available, name="set_available"),
]
