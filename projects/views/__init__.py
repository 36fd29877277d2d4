"""The pages of a proposal."""

from projects.views.checklist import checklist
from projects.views.editing import check, delete, edit, new, section
from projects.views.hints import note_hint
from projects.views.listing import index, versions
from projects.views.papers import document, remove_document, upload
from projects.views.previewing import preview
from projects.views.tables import download_table, functions, paste, trace

__all__ = [
    "check",
    "checklist",
    "delete",
    "document",
    "download_table",
    "edit",
    "functions",
    "index",
    "new",
    "note_hint",
    "paste",
    "preview",
    "remove_document",
    "section",
    "trace",
    "upload",
    "versions",
]
