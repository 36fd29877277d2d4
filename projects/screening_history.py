"""What was answered and decided on the same pair in earlier runs of a project, and what of it still holds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone

from projects.models import DuplicateStatement, Finding, Project
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


def codes_of(finding: Finding) -> tuple[str, str]:
    """Which of several capabilities with the same text is meant, on both sides."""
    return finding.capability_code, finding.matched_code


@dataclass(slots=True)
class History:
    """The earlier findings of one project, newest first."""

    pairs: dict[tuple, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    places: dict[tuple, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    stated: dict[tuple, list[DuplicateStatement]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, project: Project) -> History:
        """Every finding the project has had, and what its unit stated before submitting; two queries."""
        history = cls()
        for finding in Finding.objects.filter(project=project).select_related("run").order_by("-run", "-pk"):
            history.pairs[pair_of(finding)].append(finding)
            history.places[(finding.capability_code, *target_of(finding))].append(finding)
        for statement in DuplicateStatement.objects.filter(project=project).order_by("-pk"):
            history.stated[statement.question].append(statement)
        return history

    def applied_to(self, row: Finding) -> Finding:
        """The new finding with what still holds: the applicant's answer, a decision that lets the pair stay, and what
        an earlier cut or reuse touched (domain reference §6.2, §6.7)."""
        same = self.pairs.get(pair_of(row), [])
        own = [old for old in same if codes_of(old) == codes_of(row)]
        self._answer(row, next((old for old in (*own, *same) if old.reply), None))
        if own and _of_one_version(own[0], row):
            row.found_at = own[0].found_at  # screened again: the right of reply does not begin anew
        last = _last_decided(own) or _dismissed_elsewhere(same)
        if last is not None and _still_holds(last, row):
            _copy(last, row, (*DECISION, *PRIOR))
        else:
            self._remember_correction(row)
        return row

    def _answer(self, row: Finding, old: Finding | None) -> None:
        """The answer to the same pair in an earlier run, or what was stated before submitting: the later of the two."""
        stated = self.stated.get((row.capability_text, *target_of(row)), [])
        said = next((statement for statement in stated if row.matched_text in statement.matched), None)
        if said is None or (old is not None and old.replied_at and old.replied_at > said.stated_at):
            _copy(old, row, REPLY)
            return
        row.reply, row.reply_text = said.kind, said.text
        row.replied_by_id, row.replied_at = said.stated_by_id, said.stated_at

    def _remember_correction(self, row: Finding) -> None:
        last = _last_decided(self.places.get((row.capability_code, *target_of(row)), []))
        if last is not None and last.decision in TO_CORRECT:
            row.prior_decision, row.prior_money = last.decision, last.money


def _last_decided(findings: list[Finding]) -> Finding | None:
    decided = [finding for finding in findings if finding.decision and finding.decided_at]
    return max(decided, key=lambda finding: (finding.decided_at, finding.pk), default=None)


def _dismissed_elsewhere(findings: list[Finding]) -> Finding | None:
    """A false positive is one whichever capability says it; an exception or a cut speaks of its own money alone.

    Where the same texts were also judged otherwise, nothing is carried over: somebody has to look.
    """
    newest = {codes_of(finding): finding for finding in sorted(findings, key=_when) if finding.decided_at}
    if {finding.decision for finding in newest.values()} != {Adjudication.NOT_DUPLICATE}:
        return None
    return _last_decided(findings)


def _when(finding: Finding) -> tuple:
    return finding.decided_at or finding.found_at, finding.pk


def _still_holds(last: Finding, row: Finding) -> bool:
    """An exception until it expires; a false positive always; a cut that was carried out while the money stays cut."""
    if last.decision == Adjudication.EXCEPTION:
        return last.expires_on is None or last.expires_on >= timezone.localdate()
    if last.decision in SETTLED_AS_IS:
        return True
    # A version that is screened again, because the registry changed, keeps what was decided on it.
    return _of_one_version(last, row) or (last.is_settled and row.money <= last.money)


def _of_one_version(old: Finding, row: Finding) -> bool:
    # The comparison before submission has no run yet, and so no version.
    return row.run_id is not None and old.run.version_id == row.run.version_id


def _copy(source: Finding | None, target: Finding, names: tuple[str, ...]) -> None:
    if source is not None:
        for name in names:
            setattr(target, name, getattr(source, name))
