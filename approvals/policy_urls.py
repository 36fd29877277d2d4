"""Addresses of the rules: policy rows, what is to be confirmed, and who changed what; mounted at /policies/."""

from django.urls import path

from approvals import policy_views, settings_views

app_name = "policies"
urlpatterns = [
    path("", settings_views.settings, name="settings"),
    path("changes/", settings_views.changes, name="changes"),
    path("to-confirm/", settings_views.to_confirm, name="to_confirm"),
    path("to-confirm.xlsx", settings_views.export_to_confirm, name="export_to_confirm"),
    path("rows/", policy_views.policies, name="policies"),
    path("rows/<slug:key>/", policy_views.policy, name="policy"),
    path("rows/<slug:key>/change/", policy_views.change_policy, name="change_policy"),
    path("rows/<slug:key>/confirm/", policy_views.confirm_policy, name="confirm_policy"),
    path("rows/<slug:key>/cancel/<int:pk>/", policy_views.cancel_policy, name="cancel_policy"),
]
