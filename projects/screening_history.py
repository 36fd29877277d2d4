"""What was answered and decided on the same pair in earlier runs of a project, and what of it still holds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone

from projects.models import Finding, Project
from projects.states import SETTLED_AS_IS, TO_CORRECT, Adjudication

REPLY = ("reply", "reply_text", "replied_by_id", "replied_at")
DECISION = ("decision", "reason_code", "reason", "decided_by_id", "decided_at", "expires_on")
PRIOR = ("prior_decision", "prior_money")


def pair_of(finding: Finding) -> tuple:
    """What makes two findings the same question: both texts, the relation and what was met."""
    return finding.capability_text, finding.matched_text, finding.relation, *target_of(finding)


def target_of(finding: Finding) -> tuple:
    """What was met, whatever its text."""
    return finding.system_id, finding.other_project_id, finding.rule_id


@dataclass(slots=True)
class History:
    """The earlier findings of one project, newest first."""

    pairs: dict[tuple, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    places: dict[tuple, list[Finding]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, project: Project) -> History:
        """Every finding the project has had; one query."""
        history = cls()
        for finding in Finding.objects.filter(project=project).order_by("-run", "-pk"):
            history.pairs[pair_of(finding)].append(finding)
            history.places[(finding.capability_code, *target_of(finding))].append(finding)
        return history

    def applied_to(self, row: Finding) -> Finding:
        """The new finding with what still holds: the applicant's answer, a decision that lets the pair stay, and what
        an earlier cut or reuse touched (domain reference §6.2, §6.7)."""
        same = self.pairs.get(pair_of(row), [])
        _copy(next((old for old in same if old.reply), None), row, REPLY)
        last = _last_decided(same)
        if last is not None and _still_holds(last, row):
            _copy(last, row, (*DECISION, *PRIOR))
        else:
            self._remember_correction(row)
        return row

    def _remember_correction(self, row: Finding) -> None:
        last = _last_decided(self.places.get((row.capability_code, *target_of(row)), []))
        if last is not None and last.decision in TO_CORRECT:
            row.prior_decision, row.prior_money = last.decision, last.money


def _last_decided(findings: list[Finding]) -> Finding | None:
    decided = [finding for finding in findings if finding.decision and finding.decided_at]
    return max(decided, key=lambda finding: (finding.decided_at, finding.pk), default=None)


def _still_holds(last: Finding, row: Finding) -> bool:
    """An exception until it expires; a false positive always; a cut that was carried out while the money stays cut."""
    if last.decision == Adjudication.EXCEPTION:
        return last.expires_on is None or last.expires_on >= timezone.localdate()
    if last.decision in SETTLED_AS_IS:
        return True
    return last.is_settled and row.money <= last.money


def _copy(source: Finding | None, target: Finding, names: tuple[str, ...]) -> None:
    if source is not None:
        for name in names:
            setattr(target, name, getattr(source, name))
