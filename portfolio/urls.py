"""Addresses of the registry's pages."""

from django.urls import path

from portfolio.views import contracts, editing, importing, lists

app_name = "portfolio"

urlpatterns = [
    path("", lists.index, name="index"),
    path("export.<str:kind>", lists.export, name="export"),
    path("unified/", lists.unified, name="unified"),
    path("negative/", lists.negative, name="negative"),
    path("taxonomy/", lists.taxonomy, name="taxonomy"),
    path("new/", editing.new, name="new"),
    path("systems/<str:code>/", lists.system, name="system"),
    path("systems/<str:code>/edit/", editing.edit, name="edit"),
    path("systems/<str:code>/contracts/new/", contracts.new_contract, name="new_contract"),
    path("systems/<str:code>/contracts/<int:pk>/", contracts.edit_contract, name="edit_contract"),
    path("import/", importing.import_systems, name="import_systems"),
    path("import/check/", importing.import_check, name="import_check"),
    path("import/check/errors.csv", importing.import_errors, name="import_errors"),
    path("import/confirm/", importing.import_confirm, name="import_confirm"),
    path("import/cancel/", importing.import_cancel, name="import_cancel"),
    path("import/result/", importing.import_result, name="import_result"),
    path("import/template.<str:kind>", importing.import_template, name="import_template"),
]
