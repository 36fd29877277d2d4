"""The pages of a proposal."""

from projects.views.editing import check, delete, edit, new, section
from projects.views.listing import index, versions
from projects.views.papers import document, remove_document, upload

__all__ = [
    "check",
    "delete",
    "document",
    "edit",
    "index",
    "new",
    "remove_document",
    "section",
    "upload",
    "versions",
]
