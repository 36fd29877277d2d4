"""One notice says everything (一次性告知): what a second one may still cite, and what of an earlier one is repeated."""

from functools import cached_property
from typing import TYPE_CHECKING

from approvals.carried_basis import rests_on
from approvals.carrying import changed_between
from approvals.notice_merging import Line, normal
from projects.models import Finding
from projects.states import State

if TYPE_CHECKING:
    from approvals.models import Case, CorrectionNotice, NoticeItem

# The check at intake is of the form, everything after it of the substance: each is told once.
FORM = frozenset({State.INTAKE})
SUBSTANCE = frozenset({State.REVIEW, State.ADJUDICATION, State.EXPERT_REVIEW, State.DECISION})


class SecondNotice:
    """The question of one case at one time: which lines could have been in the notice before.

    Rule: domain reference §3.3 row 5 and invariants; 《行政许可法》§32 by analogy [from memory]. A line may stand in a
    second notice when a section that it rests on has changed since, when the line was not cured, when the manager
    decided it on a finding, or when a manager gives leave with a reason.
    """

    def __init__(self, case: "Case") -> None:
        self.case = case

    @cached_property
    def last(self) -> "CorrectionNotice | None":
        """The last notice of the same stage, or None: then everything may be cited."""
        stage = FORM if self.case.state in FORM else SUBSTANCE
        sent = self.case.notices.filter(decision__source__in=stage, decision__target=State.CORRECTION)
        return sent.select_related("decision__version").order_by("-number").first()

    @cached_property
    def changed(self) -> frozenset[str]:
        """Codes of the sections that the newest version says otherwise than the version of the last notice."""
        last, now = self.last, self.case.current_version
        if last is None or now is None or last.decision.version is None:
            return frozenset()
        return changed_between(last.decision.version, now)

    @cached_property
    def pending(self) -> list["NoticeItem"]:
        """Lines of earlier notices that are not closed and that no later one has repeated."""
        found = []
        for notice in self.case.notices.exclude(closed_at=None).prefetch_related("items__later"):
            found += [item for item in notice.items.all() if item.is_pending]
        return found

    @cached_property
    def items(self) -> dict[str, tuple[str, str, str]]:
        """Checklist code → kind, question, condition, from the sheets in force."""
        return {row.code: (row.review.kind, row.item.question, row.item.condition) for row in self.case.judged_items}

    def earlier_of(self, line: Line) -> int | None:
        """Key of the line of an earlier notice that this one repeats."""
        if line.get("earlier"):
            return line["earlier"]
        for item in self.pending:
            by_code = line.get("code") and line["code"] == item.code
            by_text = not line.get("code") and _place(line) == (item.section, item.field, normal(item.problem))
            if by_code or by_text:
                return item.pk
        return None

    def is_new(self, line: Line) -> bool:
        """Whether the line rests on something that has changed since the last notice."""
        return bool(self.changed & self._sections(line))

    def may_cite(self, line: Line) -> bool:
        """Whether the line may stand in the notice without leave."""
        if self.last is None or isinstance(line.get("finding"), Finding) or line.get("finding"):
            return True
        if not line.get("raised_by") and line.get("origin") == "manager":
            return True  # said by the comparison of this very version: too little money is mapped
        return self.earlier_of(line) is not None or self.is_new(line)

    def refused(self, lines: list[Line]) -> list[Line]:
        """Lines that may not stand in the notice: they could have been in the last one, and nobody gave leave."""
        return [line for line in lines if not self.may_cite(line) and not _allowed(line)]

    def _sections(self, line: Line) -> frozenset[str]:
        """Of an item of a sheet all that it rests on, else the section it names; what names none is never new."""
        if line.get("code") in self.items:
            kind, question, condition = self.items[line["code"]]
            return rests_on(kind, line["code"], question, condition)
        return frozenset([line["section"]]) if line.get("section") else frozenset()


def _place(line: Line) -> tuple[str, str, str]:
    return line.get("section", ""), line.get("field", ""), normal(line.get("problem", ""))


def _allowed(line: Line) -> bool:
    return bool(line.get("allowed_by") and str(line.get("allowed_because") or "").strip())
