"""Addresses of the planning pages that show proposals or systems, mounted at /planning/."""

from django.urls import path

from projects.views import plan_commitments, plan_import, plan_items, plan_rounds, plan_view

app_name = "plan"
urlpatterns = [
    path("rounds/new/", plan_rounds.new_round, name="new_round"),
    path("rounds/<str:code>/", plan_rounds.round_page, name="round"),
    path("rounds/<str:code>/edit/", plan_rounds.edit_round, name="edit_round"),
    path("rounds/<str:code>/late/", plan_rounds.grant_late, name="grant_late"),
    path("rounds/<str:code>/late/<int:pk>/revoke/", plan_rounds.revoke_late, name="revoke_late"),
    path("rounds/<str:code>/ranking/", plan_rounds.ranking, name="ranking"),
    path("view/", plan_view.view, name="view"),
    path("view/download.xlsx", plan_view.download, name="download"),
    path("commitments/", plan_commitments.commitments, name="commitments"),
    path("commitments/<int:pk>/close/", plan_commitments.close_commitment, name="close_commitment"),
    path("items/", plan_items.items, name="items"),
    path("items/new/", plan_items.new_item, name="new_item"),
    path("items/download.xlsx", plan_import.export, name="export"),
    path("items/import/", plan_import.import_items, name="import_items"),
    path("items/import/check/", plan_import.import_check, name="import_check"),
    path("items/import/confirm/", plan_import.import_confirm, name="import_confirm"),
    path("items/import/cancel/", plan_import.import_cancel, name="import_cancel"),
    path("items/<str:code>/", plan_items.item, name="item"),
    path("items/<str:code>/edit/", plan_items.edit_item, name="edit_item"),
    path("items/<str:code>/withdraw/", plan_items.withdraw, name="withdraw"),
    path("items/<str:code>/systems/", plan_items.link, name="link"),
    path("items/<str:code>/systems/<str:system>/remove/", plan_items.unlink, name="unlink"),
]
