"""The checklist before submission: the items that the reviewers will use, what the unit says of each, what is left."""

from dataclasses import dataclass, field

from projects.models import Project, SelfAssessment
from projects.queries import current_version, facts
from projects.states import State
from standards.kinds import ReviewKind, Severity
from standards.models import ChecklistItem
from standards.services import SheetRow, sheet

Claim = SelfAssessment.Claim


@dataclass(slots=True)
class Line:
    """One item that applies, with what the unit says."""

    row: SheetRow
    said: SelfAssessment | None = None

    @property
    def item(self) -> ChecklistItem:
        """The checklist item."""
        return self.row.item

    @property
    def is_done(self) -> bool:
        """Whether the unit has made up its mind."""
        return bool(self.said and self.said.claim)

    @property
    def is_unmet_veto(self) -> bool:
        """Whether it would stop the approval, by the unit's own account."""
        return self.item.severity == Severity.VETO and bool(self.said and self.said.claim == Claim.NOT_MET)


@dataclass(slots=True)
class Group:
    """The items under one heading of one review's checklist."""

    code: str  # the first letters of the items' codes
    kind: ReviewKind
    label: str
    lines: list[Line] = field(default_factory=list)
    others: list[SheetRow] = field(default_factory=list)  # do not apply
    later: list[SheetRow] = field(default_factory=list)  # judged at acceptance

    @property
    def done(self) -> int:
        """How many items have a claim."""
        return sum(line.is_done for line in self.lines)


@dataclass(slots=True)
class Checklist:
    """All groups, in the order of the reviews."""

    groups: list[Group]

    @property
    def lines(self) -> list[Line]:
        """Every item that applies and is judged by a reviewer."""
        return [line for group in self.groups for line in group.lines]

    @property
    def done(self) -> int:
        """How many items have a claim."""
        return sum(group.done for group in self.groups)

    @property
    def total(self) -> int:
        """How many items apply."""
        return len(self.lines)

    @property
    def unmet_vetoes(self) -> list[Line]:
        """Veto items that the unit itself says are not met."""
        return [line for line in self.lines if line.is_unmet_veto]

    def group(self, code: str) -> Group | None:
        """The group asked for; else the first with an item left, else the first."""
        known = {group.code: group for group in self.groups if group.lines}
        left = (group for group in known.values() if group.done < len(group.lines))
        return known.get(code) or next(left, None) or next(iter(known.values()), None)


def checklist_of(project: Project) -> Checklist:
    """The checklist that a submission today would be reviewed by, over what the proposal says now.

    project: with its parts loaded (queries.load_parts). The edition is the one that the next submission is pinned to:
    that of the last version while a correction is answered, else the one in force.
    """
    last = current_version(project) if project.state == State.CORRECTION else None
    edition = last.edition if last else None
    stated, said = facts(project), {row.code: row for row in project.assessments.select_related("document")}
    groups: dict[tuple[str, str], Group] = {}
    for kind in ReviewKind:
        for row in sheet(kind, stated, edition=edition):
            prefix = row.item.code[:2]
            group = groups.setdefault((kind, prefix), Group(prefix, kind, row.item.section))
            if row.item.severity == Severity.ACCEPTANCE:
                group.later += [row] if row.applies else []
            elif row.applies:
                group.lines.append(Line(row, said.get(row.item.code)))
            else:
                group.others.append(row)
    return Checklist(list(groups.values()))
