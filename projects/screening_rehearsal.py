"""What a screening of the draft as it stands would find. Nothing is stored, and nothing is decided by it."""

import logging
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from projects import screening_store as store
from projects.models import Finding, Project
from projects.queries import load_parts
from projects.screening import PlainError, rehearse
from projects.screening_history import History
from projects.screening_input import peers_of, proposal_from
from projects.sections import section_snapshot
from projects.states import SETTLED_AS_IS, Band, Relation, Reply

logger = logging.getLogger(__name__)
STATED = (Reply.EXPLAIN, Reply.REUSE)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Findings as rows that are not stored, with the answers and decisions that still hold.

    problem: why nothing could be compared ("" when it was). degraded: why the encoder took no part.
    """

    rows: list[Finding] = field(default_factory=list)
    problem: str = ""
    degraded: str = ""

    @property
    def unanswered(self) -> list[Finding]:
        """Red findings, and unified platforms of any band, to which the unit has said nothing in writing."""
        return [row for row in self.rows if _is_asked(row) and not _is_answered(row)]


def rehearsal_of(project: Project) -> Rehearsal:
    """Compare the draft with the registry, the negative list and its round.

    Never raises for what goes wrong in the comparison: the real screening fails closed, this one only warns early.
    """
    draft = load_parts(Project.objects.select_related("department", "round", "predecessor").get(pk=project.pk))
    try:
        proposal, peers = proposal_from(draft, section_snapshot(draft)), peers_of(draft)
        result, record = rehearse(proposal, [peer.proposal for peer in peers])
        rows = store.rows_of(draft, store.Outcome(proposal, tuple(peers), result, record, 0))
    except PlainError as error:
        return Rehearsal(problem=_(str(error)))
    except Exception as error:  # whatever it is, it must not keep a clerk from submitting in time
        logger.exception("the rehearsal of %s failed", project.ref)
        return Rehearsal(problem=_("The comparison failed (%(error)s).") % {"error": type(error).__name__})
    history = History.of(draft)
    return Rehearsal([history.applied_to(row) for row in rows], degraded=record.degraded_reason or "")


def _is_asked(row: Finding) -> bool:
    severe = row.band == Band.RED and row.relation != Relation.RELATED
    return severe or row.relation == Relation.UNIFIED


def _is_answered(row: Finding) -> bool:
    return row.reply in STATED or (row.decision in SETTLED_AS_IS and row.is_settled)
