"""What is missing before a proposal may go on, and the status of each section; what is required says the table."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.sections.gap import Gap
from projects.sections.parts import unmapped
from projects.sections.requirements import STAGES, Required, Severity, asked_of
from projects.sections.table import CODES, SECTIONS, Section
from projects.sections.tracing import tracing_advice
from projects.states import EDITABLE, DocumentKind, State

if TYPE_CHECKING:
    from projects.models import Project

GIVEN_AT_START = {"title", "kind"}  # filled in when the proposal is created: they do not make a section "started"
BOXES = {"no_data_needed"}  # columns that are a box to tick
STARTED_BY: dict[str, tuple[str, ...]] = {
    "overview": ("partners",),
    "needs": ("trace_rows",),
    "solution": ("capabilities", "reuse_declarations"),
    "resources": ("data_requests",),
    "management": ("goals",),
    "budget": ("budget_lines", "fund_scopes", "functions"),
    "attachments": ("documents",),
}


class Status(TextChoices):
    """Where one section is."""

    NOT_STARTED = "not_started", gettext_lazy("Not started")
    IN_PROGRESS = "in_progress", gettext_lazy("Started")
    COMPLETE = "complete", gettext_lazy("Complete")
    PROBLEM = "problem", gettext_lazy("Problems")


@dataclass(frozen=True, slots=True)
class SectionStatus:
    """One row of the task list."""

    section: Section
    status: Status
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """The completeness meter."""

    sections: tuple[SectionStatus, ...]
    done: int
    total: int

    @property
    def gaps(self) -> list[Gap]:
        """Everything that is missing, in the order of the sections."""
        return [gap for row in self.sections for gap in row.gaps]

    @property
    def open_numbers(self) -> list[int]:
        """Numbers of the sections that are not complete."""
        return [row.section.number for row in self.sections if row.status is not Status.COMPLETE]


def gaps(project: "Project", state: State = State.ENDORSEMENT) -> list[Gap]:
    """Exactly what is missing before the proposal may enter `state`; empty: nothing. By default: to submit it.

    project: with its parts prefetched where it matters (queries.load_parts). In the order of the sections.
    """
    found = [gap for row in asked_of(project, state) for gap in gaps_of(project, row)]
    return sorted(found, key=lambda gap: CODES.index(gap.section))


def gaps_of(project: "Project", row: Required) -> list[Gap]:
    """What is missing for one row of the table that is asked of this proposal."""
    if row.at_submission and project.state not in EDITABLE:
        return []  # it rests on the registry: what changes there after submission counts for the next one
    if row.check is None:
        wanting = _("“%(field)s” is not filled in.")
        missing = [] if is_filled(project, row.fact) else [wanting % {"field": label_of(project, row.fact)}]
        return [Gap(row.section, row.fact, message, row.severity is Severity.PROBLEM, row.code) for message in missing]
    return [replace(gap, row=row.code) for gap in row.check(project)]


def later_gaps(project: "Project") -> list[tuple[Required, Gap]]:
    """What is missing and required from a later state only, with the row that says from which."""
    rows = [row for row in asked_of(project, State.APPROVED) if row.from_state is not State.ENDORSEMENT]
    return [(row, gap) for row in rows for gap in gaps_of(project, row)]


@dataclass(frozen=True, slots=True)
class Stage:
    """What is required from one state on: how many rows are asked of this proposal, and what is missing of them."""

    state: State
    asked: int
    missing: tuple[Gap, ...]

    @property
    def label(self) -> str:
        """From when, in words."""
        return str(STAGES[self.state])


def stages(project: "Project") -> list[Stage]:
    """The table by state, for the reviewers' panel."""
    rows = asked_of(project, State.APPROVED)
    found = []
    for state in STAGES:
        own = [row for row in rows if row.from_state is state]
        missing = tuple(gap for row in own for gap in gaps_of(project, row))
        found.append(Stage(state, len(own), missing))
    return [stage for stage in found if stage.asked]


def advice(project: "Project") -> list[Gap]:
    """What should be looked at and does not prevent submission."""
    untagged = _("Capability %(code)s has no taxonomy node; screening finds less without it.")
    loose = _("Software line “%(name)s” is not mapped to a capability.")
    rows = [row for row in project.capabilities.all() if row.taxonomy_id is None]
    found = [Gap("solution", row.code, untagged % {"code": row.code}) for row in rows]
    found += [Gap("budget", "lines", loose % {"name": line.name}) for line in unmapped(project)]
    return [*found, *tracing_advice(project)]


def status(project: "Project") -> Progress:
    """The status of each section with its gaps, and how many are complete."""
    rows, found = [], gaps(project)
    for section in SECTIONS:
        missing = tuple(gap for gap in found if gap.section == section.code)
        rows.append(SectionStatus(section, _status(project, section, missing), missing))
    return Progress(tuple(rows), sum(row.status is Status.COMPLETE for row in rows), len(rows))


def label_of(project: "Project", name: str) -> str:
    """What a column is called on the pages."""
    column: Any = project._meta.get_field(name)
    return capfirst(str(column.verbose_name))


def _status(project: "Project", section: Section, missing: tuple[Gap, ...]) -> Status:
    if not missing:
        return Status.COMPLETE
    if any(gap.problem for gap in missing):
        return Status.PROBLEM
    return Status.IN_PROGRESS if _is_started(project, section) else Status.NOT_STARTED


def _is_started(project: "Project", section: Section) -> bool:
    parts = STARTED_BY.get(section.code, ())
    if any(list(getattr(project, part).all()) for part in parts):
        return True
    return any(is_filled(project, name) for name in section.fields if name not in GIVEN_AT_START)


def is_filled(project: "Project", name: str) -> bool:
    """Whether a column has a value: an answer "no" is one, a box that is not ticked is none."""
    if name == "plan_items":
        return bool(project.plan_items.all())
    value = getattr(project, f"{name}_id" if name == "predecessor" else name)
    if isinstance(value, str):
        return bool(value.strip())
    return bool(value) if name in BOXES or isinstance(value, dict) else value is not None


def required_documents(project: "Project") -> list[DocumentKind]:
    """Kinds of document that this proposal must carry to be submitted (domain reference §4)."""
    rows = [row for row in asked_of(project, State.ENDORSEMENT) if row.section == "attachments"]
    return [DocumentKind(row.fact) for row in rows if row.fact in DocumentKind.values]
