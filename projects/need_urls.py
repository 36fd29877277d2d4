"""Addresses of the demand pool, mounted at /needs/."""

from django.urls import path

from projects.views import need_calls, need_files, need_pool, needs

app_name = "needs"
urlpatterns = [
    path("", needs.needs, name="needs"),
    path("new/", needs.new, name="new"),
    path("start/", needs.start, name="start"),
    path("pool/", need_pool.pool, name="pool"),
    path("pool/arrange/", need_pool.arrange, name="arrange"),
    path("pool/decide/", need_pool.decide, name="decide"),
    path("pool/export.<str:kind>", need_files.export, name="export"),
    path("groups/<int:pk>/", need_pool.group, name="group"),
    path("groups/<int:pk>/remove/", need_pool.remove_group, name="remove_group"),
    path("calls/new/", need_calls.new_call, name="new_call"),
    path("calls/<str:code>/", need_calls.call, name="call"),
    path("calls/<str:code>/groups/", need_pool.new_group, name="new_group"),
    path("import/", need_files.import_needs, name="import_needs"),
    path("import/check/", need_files.import_check, name="import_check"),
    path("import/confirm/", need_files.import_confirm, name="import_confirm"),
    path("import/template.<str:kind>", need_files.import_template, name="import_template"),
    path("<str:code>/", needs.need, name="need"),
    path("<str:code>/edit/", needs.edit_need, name="edit_need"),
    path("<str:code>/file/", needs.file, name="file"),
    path("<str:code>/withdraw/", needs.withdraw, name="withdraw"),
    path("<str:code>/carry-over/", needs.carry, name="carry"),
]
