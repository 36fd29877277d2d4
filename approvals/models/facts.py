"""PlainFacts: what guards ask of a case besides its reviews: papers, duplicate findings, whether it stands still."""

from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from approvals.deadlines import reply_until
from approvals.models.clock import Pause
from projects import queries as projects
from projects.models import Finding
from projects.states import TO_CORRECT, DocumentKind


class PlainFacts:
    """The part of a case that is read from single rows; mixed into Case."""

    @cached_property
    def suspension(self: Any) -> Pause | None:
        """The suspension that runs now."""
        return Pause.suspending(self.pk)

    def why_suspended(self) -> str | None:
        """Who suspended the case, since when and why; None while it goes on."""
        return self.suspension.why if self.suspension else None

    @property
    def attached_kinds(self: Any) -> set[str]:
        """Kinds of document that are attached."""
        return {document.kind for document in self.documents.all()}

    @staticmethod
    def missing_document(kind: str) -> str:
        """The refusal for a document that is not there."""
        return _("Attach: %(kind)s.") % {"kind": DocumentKind(kind).label}

    # --- findings ---
    @cached_property
    def _blocking(self: Any) -> list[Finding]:
        return list(projects.open_findings(self))

    def open_findings(self) -> list[Finding]:
        """Current findings that block and are not settled."""
        return self._blocking

    def undecided_findings(self) -> list[Finding]:
        """Open findings on which the manager has not decided, or whose exception has lapsed."""
        return [finding for finding in self._blocking if finding.awaits_decision]

    def reply_until(self) -> date | None:
        """The day until which the applicant may still answer an undecided finding (policy, working days), or None."""
        found = [finding.found_at for finding in self.undecided_findings() if not finding.reply]
        return max(reply_until(found).values(), default=None)

    @property
    def waits_for_correction(self) -> bool:
        """Whether a finding was decided as a cut or reuse that is still to be carried out."""
        return any(finding.decision in TO_CORRECT for finding in self._blocking)
