"""The pages of a proposal."""

from projects.views.editing import check, delete, edit, new, section
from projects.views.hints import note_hint
from projects.views.listing import index, versions
from projects.views.papers import document, remove_document, upload
from projects.views.previewing import preview

__all__ = [
    "check",
    "delete",
    "document",
    "edit",
    "index",
    "new",
    "note_hint",
    "preview",
    "remove_document",
    "section",
    "upload",
    "versions",
]
