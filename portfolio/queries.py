"""Reads the registry: for pages, through the policy; for the matching engine, as its plain facts."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

import duplicates
from accounts.models import User
from accounts.policy import require, visible
from duplicates.engine import fingerprint as digest_of
from duplicates.splits import Contract
from portfolio.models import (
    BuildMode,
    Capability,
    CapabilityNode,
    Domain,
    MaintenanceContract,
    NegativeRule,
    SynonymGroup,
    System,
)
from portfolio.pinyin import fold

MAX_WORDS = 8
CHUNK = 500  # codes or keys a query


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
    found = systems_for(user).prefetch_related(Prefetch("capabilities", capabilities), "contracts")
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


def inventory(codes: Collection[str] | None = None) -> list[duplicates.System]:
    """Systems as the engine's plain facts, retired ones too (it shows them without counting them), by code.

    All of them in two queries, or those of `codes` that exist in two queries for every 500.
    """
    if codes is None:
        return [facts for _pk, facts in _facts(System.objects.all())]
    wanted = sorted(set(codes))
    found: list[duplicates.System] = []
    for start in range(0, len(wanted), CHUNK):
        found += [facts for _pk, facts in _facts(System.objects.filter(code__in=wanted[start : start + CHUNK]))]
    return found


def numbered(pks: Collection[int]) -> list[tuple[int, duplicates.System]]:
    """(primary key, facts) of those of `pks` that exist; two queries. At most some thousands at a time."""
    return _facts(System.objects.filter(pk__in=pks))


def _facts(systems: QuerySet[System]) -> list[tuple[int, duplicates.System]]:
    """In the order of codes, compared character by character: a database may sort them otherwise."""
    known = sorted(systems.select_related("department"), key=lambda system: system.code)
    rows = Capability.objects.filter(system__in=systems.order_by().values("pk"))
    rows = rows.order_by("system", "position", "code")
    capabilities: dict[int, list[duplicates.Capability]] = defaultdict(list)
    for system, code, text, taxonomy, domain, service_object in rows.values_list(
        "system", "code", "text", "taxonomy__code", "domain__code", "service_object"
    ):
        capabilities[system].append(duplicates.Capability(code, text, taxonomy, domain, service_object or None))
    return [(system.pk, _plain(system, capabilities[system.pk])) for system in known]


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


def running_contracts(on: date | None = None) -> list[Contract]:
    """Operation and maintenance contracts that run on a day (today by default), as the engine's facts. One query."""
    day = on or timezone.localdate()
    rows = MaintenanceContract.objects.filter(starts_on__lte=day, ends_on__gte=day)
    return [
        Contract(
            number=row.number,
            system=row.system.code,
            system_name=row.system.name,
            department=row.system.department.code,
            vendor=row.vendor,
            starts=f"{row.starts_on:%Y-%m}",
            ends=f"{row.ends_on:%Y-%m}",
            yearly=row.yearly_amount,
            scope=row.scope,
        )
        for row in rows.select_related("system__department").order_by("number")
    ]


def negative_rules() -> list[duplicates.NegativeRule]:
    """The negative list as the engine's plain facts. One query."""
    return [
        duplicates.NegativeRule(rule.code, rule.title, tuple(rule.keywords), rule.ban)
        for rule in NegativeRule.objects.all()
    ]


def digest(system: duplicates.System) -> int:
    """SHA-256 of everything in one system that is compared, as a number."""
    return int(digest_of([system]), 16)


def fingerprint(systems: Iterable[duplicates.System] | None = None) -> str:
    """What identifies the inventory that was compared: the sum of its systems' digests modulo 2²⁵⁶, in hexadecimal.

    A sum, so that the search index can keep it with every change (IndexState.fingerprint) and nobody has to read all
    texts to name the inventory. By default it is worked out from the registry itself.
    """
    return f"{sum(map(digest, inventory() if systems is None else systems)) % 2**256:064x}"


def synonyms(*, on: Iterable[int] = (), off: Iterable[int] = ()) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    """The city's own synonym groups in use: (kind, words, source) as duplicates.lexicon.adopt takes them. One query.

    on, off: keys of groups that a trial counts as in use, or as not in use. In a fixed order.
    """
    wanted = (Q(is_active=True) | Q(pk__in=list(on))) & ~Q(pk__in=list(off))
    return tuple(group.row for group in SynonymGroup.objects.filter(wanted).order_by("kind", "pk"))
