"""Which mandatory common components a proposal has to declare on (checklist items RQ-06 and PF-04)."""

from typing import TYPE_CHECKING

from portfolio.models import BuildMode, System
from projects.sections.nodes import NODES
from projects.states import Kind

if TYPE_CHECKING:
    from projects.models import Project

# What a proposal does shows which other nodes of the same family it must take from the city.
FAMILIES = ("uses_seals", "uses_licences", "uses_payment")
BUILDS = frozenset({Kind.NEW, Kind.UPGRADE, Kind.SERVICE})
KEPT = "_components"  # where load_parts keeps them on the object


def is_build(project: "Project") -> bool:
    """Whether something is built or bought; operation and maintenance chooses no components."""
    return project.kind in BUILDS


def mandatory_components(project: "Project") -> list[System]:
    """Unified systems in operation that offer, on a node that must be reused, what the proposal needs, by code.

    Needed are the nodes of its capabilities, those of the same family (licences, seals, payment), and those of a mobile
    front end where it has one. One query, or none after queries.load_parts.
    """
    kept = project.__dict__.get(KEPT)
    if kept is not None:
        return kept
    nodes = _needed(project)
    if not nodes or not is_build(project):
        return []
    found = System.objects.filter(
        build_mode=BuildMode.UNIFIED,
        status=System.Status.IN_OPERATION,
        capabilities__taxonomy__code__in=nodes,
        capabilities__taxonomy__reuse_mandatory=True,
    )
    return list(found.distinct().order_by("code"))


def keep_components(project: "Project") -> None:
    """Read them once for the life of this object."""
    project.__dict__.pop(KEPT, None)
    project.__dict__[KEPT] = mandatory_components(project)


def _needed(project: "Project") -> set[str]:
    proposed = {row.taxonomy.code for row in project.capabilities.all() if row.taxonomy}
    families = [NODES[name] for name in FAMILIES if NODES[name] & proposed]
    return proposed.union(*families, NODES["mobile"] if project.mobile else ())
