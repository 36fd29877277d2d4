"""Addresses of the standards library."""

from django.urls import path

from standards import edit_views, edition_views, import_views, views

ITEM = "editions/<int:pk>/items/<slug:code>/"

app_name = "standards"
urlpatterns = [
    path("", views.index, name="index"),
    path("items/<slug:code>/", views.item, name="item"),
    path("catalogue/", views.catalogue, name="catalogue"),
    path("catalogue/new/", edit_views.new_standard, name="new_standard"),
    path("catalogue/export.xlsx", import_views.export_standards, name="export_standards"),
    path("catalogue/import/", import_views.import_standards, name="import_standards"),
    path("catalogue/<int:pk>/", views.standard, name="standard"),
    path("catalogue/<int:pk>/edit/", edit_views.edit_standard, name="edit_standard"),
    path("catalogue/<int:pk>/confirm/", edit_views.confirm_standard, name="confirm_standard"),
    path("editions/", edition_views.editions, name="editions"),
    path("editions/new/", edition_views.new_edition, name="new_edition"),
    path("editions/<int:pk>/", edition_views.edition, name="edition"),
    path("editions/<int:pk>/export.xlsx", import_views.export_items, name="export_items"),
    path("editions/<int:pk>/import/", import_views.import_items, name="import_items"),
    path("editions/<int:pk>/discard/", edition_views.discard_draft, name="discard_draft"),
    path("editions/<int:pk>/new-item/", edition_views.new_item, name="new_item"),
    path(ITEM, edition_views.edition_item, name="edition_item"),
    path(ITEM + "edit/", edition_views.edit_item, name="edit_item"),
    path(ITEM + "retire/", edition_views.retire_item, name="retire_item"),
    path(ITEM + "restore/", edition_views.restore_item, name="restore_item"),
    path(ITEM + "confirm/", edit_views.confirm_item, name="confirm_item"),
]
