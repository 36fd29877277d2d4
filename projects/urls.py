"""Addresses of the proposals, mounted at /projects/; the case page /projects/<ref>/ belongs to approvals."""

from django.urls import path

from projects import views

app_name = "projects"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("<str:ref>/edit/", views.edit, name="edit"),
    path("<str:ref>/edit/trace/", views.trace, name="trace"),
    path("<str:ref>/edit/functions/", views.functions, name="functions"),
    path("<str:ref>/edit/<slug:table>/paste/", views.paste, name="paste"),
    path("<str:ref>/edit/checklist/", views.checklist, name="checklist"),
    path("<str:ref>/edit/<slug:code>/", views.section, name="section"),
    path("<str:ref>/preview/", views.preview, name="preview"),
    path("<str:ref>/check/", views.check, name="check"),
    path("<str:ref>/tables/<slug:table>.xlsx", views.download_table, name="download_table"),
    path("<str:ref>/versions/", views.versions, name="versions"),
    path("<str:ref>/documents/", views.upload, name="upload"),
    path("<str:ref>/documents/<int:pk>/", views.document, name="document"),
    path("<str:ref>/documents/<int:pk>/remove/", views.remove_document, name="remove_document"),
    path("<str:ref>/hints/<int:pk>/", views.note_hint, name="note_hint"),
    path("<str:ref>/delete/", views.delete, name="delete"),
]
