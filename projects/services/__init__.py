"""Write the facts of a proposal; nothing here moves its state."""

from projects.services.assessment import save_assessment
from projects.services.drafts import create_project, delete_draft
from projects.services.editing import save_budget, save_capabilities, save_section
from projects.services.findings import reply_to_finding
from projects.services.papers import attach_document, remove_document
from projects.services.statements import Statement, state_on_duplicates
from projects.services.tracing import save_functions, save_trace
from projects.services.versions import take_snapshot

__all__ = [
    "Statement",
    "attach_document",
    "create_project",
    "delete_draft",
    "remove_document",
    "reply_to_finding",
    "save_assessment",
    "save_budget",
    "save_capabilities",
    "save_functions",
    "save_section",
    "save_trace",
    "state_on_duplicates",
    "take_snapshot",
]
