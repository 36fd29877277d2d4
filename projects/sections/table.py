"""SECTIONS: the nine chapters of the 2020 drafting rules (建设开发类项目方案编写规范), as a table."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Section:
    """One chapter: its columns of Project, and what its page shows besides; what is required says requirements.py."""

    code: str
    number: int
    label: Promise
    hint: Promise
    fields: tuple[str, ...]
    page: str = "fields"  # fields | capabilities | budget | attachments


SECTIONS: tuple[Section, ...] = (
    Section(
        "overview",
        1,
        _("Project overview"),
        _("What is built, for whom, when, and on the ground of which plan item."),
        (
            *("title", "kind", "build_mode", "article3", "predecessor", "starts_on", "ends_on"),
            *("summary", "service_objects", "plan_items", "out_of_plan_reason"),
        ),
    ),
    Section(
        "unit",
        2,
        _("Applicant unit"),
        _("Duties of the unit, the systems it has, and how they will be integrated."),
        ("unit_duties", "unit_systems", "contact_name", "contact_phone"),
    ),
    Section(
        "needs",
        3,
        _("Current state, necessity and needs"),
        _("How the work is done today, what is wrong with it, and what is needed. Concise; no padding."),
        ("background", "necessity", "duty_items", "users_estimate"),
    ),
    Section(
        "solution",
        4,
        _("Solution and capabilities"),
        _("One line, one function: for whom, what it does, what comes out. No words such as “advanced” or “smart”."),
        ("solution", "reuse_statement"),
        "capabilities",
    ),
    Section(
        "resources",
        5,
        _("Information resources"),
        _("Data needed from other units, data produced, and how it is catalogued and shared."),
        ("no_data_needed", "data_needs", "data_catalogue"),
    ),
    Section(
        "security",
        6,
        _("Security design and assessment"),
        _("Proposed MLPS level, what is exposed, and the security and cryptography design."),
        (
            *("mlps_level", "public_facing", "internet_facing", "mobile", "personal_data", "important_data"),
            *("cii", "external_cloud", "security_plan"),
        ),
    ),
    Section(
        "management",
        7,
        _("Project management"),
        _("Organisation, schedule, performance goals, operation and maintenance."),
        ("management", "performance_goals", "om_plan"),
    ),
    Section(
        "budget",
        8,
        _("Budget estimate"),
        _("Each line has a source of funds and is mapped to a capability or bought in a non-functional category."),
        (),
        "budget",
    ),
    Section(
        "attachments",
        9,
        _("Appendix and attachments"),
        _("Construction plan, basis documents and what the kind of project needs."),
        ("higher_approval",),
        "attachments",
    ),
)
CODES: tuple[str, ...] = tuple(section.code for section in SECTIONS)


def section_of(code: str) -> Section:
    """The section with that code. Raises KeyError."""
    return _BY_CODE[code]


_BY_CODE = {section.code: section for section in SECTIONS}
