"""Reads the registry: for pages, through the policy; for the matching engine, as its plain facts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404

import duplicates
from accounts.models import User
from accounts.policy import require, visible
from duplicates.engine import fingerprint as digest_of
from portfolio.models import BuildMode, Capability, CapabilityNode, Domain, NegativeRule, System
from portfolio.pinyin import fold

MAX_WORDS = 8


# --- for pages ------------------------------------------------------------------------------------------------------


def systems_for(user: User) -> QuerySet[System]:
    """The systems a user may see, with department and `capability_count`. PermissionDenied without the permission."""
    require(user, "portfolio.view")
    counts = Capability.objects.filter(system=OuterRef("pk")).order_by().values("system").annotate(n=Count("pk"))
    systems = System.objects.select_related("department")
    systems = systems.annotate(capability_count=Subquery(counts.values("n"), output_field=IntegerField()))
    return visible(user, "portfolio.view", systems)


def get_for(user: User, code: str, permission: str = "portfolio.view") -> System:
    """One system with department and capabilities. Http404: not for this user; PermissionDenied: a forbidden act."""
    if "\x00" in code:  # PostgreSQL cannot even compare it
        raise Http404(code)
    capabilities = Capability.objects.select_related("taxonomy__parent", "domain")
    found = systems_for(user).prefetch_related(Prefetch("capabilities", capabilities))
    system = get_object_or_404(found, code=code)
    require(user, permission, system)
    return system


def words_of(text: str) -> list[str]:
    """The words of a query; a system must hold each of them somewhere."""
    return text.split()[:MAX_WORDS]


def search(systems: QuerySet[System], text: str) -> QuerySet[System]:
    """Systems that hold every word in code, name, alias, department, a capability, or pinyin of name or alias."""
    for word in words_of(text):
        capability = Capability.objects.filter(system=OuterRef("pk"), text__icontains=word)
        here = Q(code__icontains=word) | Q(name__icontains=word) | Q(pinyin__contains=fold(word))
        unit = Q(department__name__icontains=word) | Q(department__name_en__icontains=word)
        systems = systems.filter(here | unit | Q(department__code__iexact=word) | Exists(capability))
    return systems


def with_hits(systems: QuerySet[System], text: str) -> QuerySet[System]:
    """Each system with `hits`: its capabilities that hold a word of the query. One query more for the page."""
    wanted = Q(pk__in=[])
    for word in words_of(text):
        wanted |= Q(text__icontains=word)
    return systems.prefetch_related(Prefetch("capabilities", Capability.objects.filter(wanted), to_attr="hits"))


def for_export(systems: QuerySet[System]) -> QuerySet[System]:
    """Systems with their capabilities and both axes, for a file. One query more."""
    return systems.prefetch_related(Prefetch("capabilities", Capability.objects.select_related("taxonomy", "domain")))


def unified_for(user: User) -> QuerySet[System]:
    """The unified-build list: platforms everybody uses instead of building; retired ones are never offered."""
    return systems_for(user).filter(build_mode=BuildMode.UNIFIED).exclude(status=System.Status.RETIRED)


def negative_for(user: User) -> QuerySet[NegativeRule]:
    """The negative list."""
    require(user, "portfolio.view")
    return NegativeRule.objects.all()


@dataclass(frozen=True, slots=True)
class Branch:
    """A root of the capability tree with its leaves, each with `capability_count` and `system_count`."""

    root: CapabilityNode
    leaves: list[Any]
    total: int


def taxonomy_for(user: User) -> list[Branch]:
    """The capability tree with the number of capabilities and systems at every node."""
    require(user, "portfolio.view")
    nodes = CapabilityNode.objects.annotate(
        capability_count=Count("capabilities"), system_count=Count("capabilities__system", distinct=True)
    )
    below: dict[int | None, list[Any]] = defaultdict(list)
    for node in nodes:
        below[node.parent_id].append(node)
    return [
        Branch(root, below[root.pk], sum(node.capability_count for node in (root, *below[root.pk])))
        for root in below[None]
    ]


def domains_for(user: User) -> list[Domain]:
    """Business domains with their number of capabilities and systems."""
    require(user, "portfolio.view")
    counted = Domain.objects.annotate(
        capability_count=Count("capabilities"), system_count=Count("capabilities__system", distinct=True)
    )
    return list(counted)


def crossing() -> dict[tuple[int, int], int]:
    """How many capabilities stand in each crossing of (root of the tree, business domain), by primary keys."""
    rows = Capability.objects.filter(taxonomy__isnull=False, domain__isnull=False).order_by()
    counted: dict[tuple[int, int], int] = defaultdict(int)
    for node, parent, domain, n in rows.values_list("taxonomy", "taxonomy__parent", "domain").annotate(n=Count("pk")):
        counted[parent or node, domain] += n
    return counted


# --- for the matching engine ----------------------------------------------------------------------------------------


def inventory() -> list[duplicates.System]:
    """Every system as the engine's plain facts, retired ones too (it shows them without counting them). Two queries."""
    rows = Capability.objects.order_by("system", "position", "code").values_list(
        "system", "code", "text", "taxonomy__code", "domain__code", "service_object"
    )
    capabilities: dict[int, list[duplicates.Capability]] = defaultdict(list)
    for system, code, text, taxonomy, domain, service_object in rows:
        capabilities[system].append(duplicates.Capability(code, text, taxonomy, domain, service_object or None))
    return [_plain(system, capabilities[system.pk]) for system in System.objects.select_related("department")]


def _plain(system: System, capabilities: Iterable[duplicates.Capability]) -> duplicates.System:
    return duplicates.System(
        code=system.code,
        name=system.name,
        department=system.department.code,
        status=system.status,
        build_mode=system.build_mode,
        description=system.description,
        aliases=tuple(system.aliases),
        capabilities=tuple(capabilities),
    )


def negative_rules() -> list[duplicates.NegativeRule]:
    """The negative list as the engine's plain facts. One query."""
    return [
        duplicates.NegativeRule(rule.code, rule.title, tuple(rule.keywords), rule.ban)
        for rule in NegativeRule.objects.all()
    ]


def fingerprint() -> str:
    """SHA-256 of everything in the inventory that is compared, in a fixed order: a screening notes which one it saw."""
    return digest_of(inventory())
