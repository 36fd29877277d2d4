"""What is missing before a proposal can be submitted, and the status of each section."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning.queries import policy
from projects.sections.table import SECTIONS, Section
from projects.states import Category, DocumentKind

if TYPE_CHECKING:
    from projects.models import BudgetLine, Project, ProposedCapability

GIVEN_AT_START = {"title", "kind"}  # filled in when the proposal is created: they do not make a section "started"


class Status(TextChoices):
    """Where one section is."""

    NOT_STARTED = "not_started", gettext_lazy("Not started")
    IN_PROGRESS = "in_progress", gettext_lazy("Started")
    COMPLETE = "complete", gettext_lazy("Complete")
    PROBLEM = "problem", gettext_lazy("Problems")


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that stands in the way of submission. `problem`: what is there contradicts a rule."""

    section: str
    field: str
    message: str
    problem: bool = False


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


def gaps(project: "Project") -> list[Gap]:
    """Exactly what is missing for submission; empty: nothing (domain reference §4, §6.6).

    project: with capabilities, budget_lines, documents and plan_items prefetched where it matters.
    """
    return [gap for section in SECTIONS for gap in section_gaps(project, section)]


def section_gaps(project: "Project", section: Section) -> list[Gap]:
    """What is missing in one section."""
    wanting = _("“%(field)s” is not filled in.")
    found = [
        Gap(section.code, name, wanting % {"field": label_of(project, name)})
        for name, is_required in section.required.items()
        if is_required(project) and not _is_filled(project, name)
    ]
    extra = _FURTHER.get(section.code)
    return found + list(extra(project) if extra else ())


def advice(project: "Project") -> list[Gap]:
    """What should be looked at and does not prevent submission."""
    untagged = _("Capability %(code)s has no taxonomy node; screening finds less without it.")
    loose = _("Software line “%(name)s” is not mapped to a capability.")
    rows = [row for row in project.capabilities.all() if row.taxonomy_id is None]
    found = [Gap("solution", row.code, untagged % {"code": row.code}) for row in rows]
    return found + [Gap("budget", "lines", loose % {"name": line.name}) for line in unmapped(project)]


def status(project: "Project") -> Progress:
    """The status of each section with its gaps, and how many are complete."""
    rows = []
    for section in SECTIONS:
        missing = tuple(section_gaps(project, section))
        rows.append(SectionStatus(section, _status(project, section, missing), missing))
    return Progress(tuple(rows), sum(row.status is Status.COMPLETE for row in rows), len(rows))


def label_of(project: "Project", name: str) -> str:
    """What a column is called on the pages."""
    column: Any = project._meta.get_field(name)
    return capfirst(str(column.verbose_name))


def unmapped(project: "Project") -> list["BudgetLine"]:
    """Software lines that belong to no capability."""
    lines = project.budget_lines.all()
    return [line for line in lines if line.category == Category.SOFTWARE and line.capability_id is None]


def _status(project: "Project", section: Section, missing: tuple[Gap, ...]) -> Status:
    if not missing:
        return Status.COMPLETE
    if any(gap.problem for gap in missing):
        return Status.PROBLEM
    return Status.IN_PROGRESS if _is_started(project, section) else Status.NOT_STARTED


def _is_started(project: "Project", section: Section) -> bool:
    parts = {"capabilities": "capabilities", "budget": "budget_lines", "attachments": "documents"}
    if section.page in parts and list(getattr(project, parts[section.page]).all()):
        return True
    return any(_is_filled(project, name) for name in section.fields if name not in GIVEN_AT_START)


def _is_filled(project: "Project", name: str) -> bool:
    if name == "plan_items":
        return bool(project.plan_items.all())
    value = getattr(project, f"{name}_id" if name == "predecessor" else name)
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _overview(project: "Project") -> Iterator[Gap]:
    if not _is_filled(project, "plan_items") and not _is_filled(project, "out_of_plan_reason"):
        message = _("No plan item is cited and no reason is given for being outside the plan.")
        yield Gap("overview", "plan_items", message)


def _solution(project: "Project") -> Iterator[Gap]:
    capabilities = list(project.capabilities.all())
    if not capabilities:
        yield Gap("solution", "capabilities", _("There is no capability yet."))
    for capability in capabilities:
        yield from _capability(capability)


def _capability(capability: "ProposedCapability") -> Iterator[Gap]:
    wanted = (
        (capability.text.strip(), _("Capability %(code)s has no text.")),
        (capability.domain_id, _("Capability %(code)s has no business domain.")),
        (capability.service_object, _("Capability %(code)s has no service object.")),
    )
    for value, message in wanted:
        if not value:
            yield Gap("solution", capability.code, message % {"code": capability.code})


def _budget(project: "Project") -> Iterator[Gap]:
    lines = list(project.budget_lines.all())
    if not sum((line.amount for line in lines), Decimal(0)) > 0:
        yield Gap("budget", "lines", _("There is no budget line yet."))
    for line in lines:
        if not line.fund_source:
            yield Gap("budget", "lines", _("Budget line “%(name)s” has no source of funds.") % {"name": line.name})
    yield from _mapping(project, lines)


def _mapping(project: "Project", lines: list["BudgetLine"]) -> Iterator[Gap]:
    """Software money must lead to capabilities, or the duplicate check could be escaped (domain reference §6.6)."""
    software = sum((line.amount for line in lines if line.category == Category.SOFTWARE), Decimal(0))
    loose = unmapped(project)
    amount = sum((line.amount for line in loose), Decimal(0))
    if not amount or (software - amount) / software >= Decimal(str(policy("bands")["mapped"])):
        return
    names = _(", ").join(line.name for line in loose[:5])
    message = _("%(share)s %% of the software money is mapped to no capability: %(names)s.")
    yield Gap("budget", "lines", message % {"share": f"{amount * 100 / software:.1f}", "names": names}, problem=True)


def _attachments(project: "Project") -> Iterator[Gap]:
    present = {document.kind for document in project.documents.all()}
    for kind in required_documents(project):
        if kind not in present:
            message = _("Document missing: %(kind)s.") % {"kind": kind.label}
            yield Gap("attachments", kind.value, message, problem=kind is DocumentKind.CRYPTO_PLAN)


def required_documents(project: "Project") -> list[DocumentKind]:
    """Kinds of document that this proposal must carry (domain reference §4)."""
    wanted = [DocumentKind.PLAN, DocumentKind.BASIS]
    if (project.mlps_level or 0) >= 3:  # 密码法 §27, GB/T 39786: level three and above need a cryptography plan
        wanted.append(DocumentKind.CRYPTO_PLAN)
    return wanted


_FURTHER: dict[str, Callable[["Project"], Iterator[Gap]]] = {
    "overview": _overview,
    "solution": _solution,
    "budget": _budget,
    "attachments": _attachments,
}
