"""The forms of a proposal: starting it, its sections, its rows, its documents, and the filter of the list."""

from projects.forms.editing import SectionEdit
from projects.forms.filters import ProjectFilter
from projects.forms.papers import UploadForm
from projects.forms.start import StartForm

__all__ = ["ProjectFilter", "SectionEdit", "StartForm", "UploadForm"]
