"""Read plan items with their money, who cites them, and which systems serve them."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db.models import Count, Max, Min

from accounts.models import User
from planning.models import PlanEnvelope, PlanItem
from planning.plan_queries import tree
from projects.models import Project, SystemPlanLink
from projects.queries import reachable, visible_to


def years() -> list[int]:
    """Every year in which a plan item runs."""
    ends = PlanItem.objects.aggregate(first=Min("year_from"), last=Max("year_to"))
    return list(range(ends["first"], ends["last"] + 1)) if ends["first"] else []


def item_rows(user: User, keys: Collection[int]) -> list[dict[str, Any]]:
    """Those items in the order of the tree, with depth, envelopes and counts of what the user may see; four queries."""
    rows = PlanItem.objects.filter(pk__in=keys).select_related("department").prefetch_related("envelopes")
    cited = Project.plan_items.through.objects.filter(project__in=reachable(user).order_by().values("pk"))
    proposals = Counter(cited.values_list("planitem", flat=True))
    links = SystemPlanLink.objects.order_by().values_list("plan_item").annotate(count=Count("pk"))
    systems = dict(links)
    return [
        {
            "item": item, "depth": min(depth, 3), "envelopes": list(item.envelopes.all()),
            "proposals": proposals[item.pk], "systems": systems.get(item.pk, 0),
        }
        for item, depth in tree(rows)
    ]  # fmt: skip


def item_parts(user: User, item: PlanItem) -> dict[str, Any]:
    """What stands under one item: children, envelopes, proposals that the user may see, systems."""
    return {
        "children": item.children.select_related("department"),
        "envelopes": PlanEnvelope.objects.filter(item=item),
        "proposals": visible_to(user).filter(plan_items=item).order_by("state", "ref"),
        "links": item.system_links.select_related("system__department").order_by("system__code"),
    }


def items_to_export() -> list[PlanItem]:
    """Every plan item with what its row of a file says, in the order of the tree."""
    rows = PlanItem.objects.select_related("department", "parent").prefetch_related("envelopes")
    return [item for item, _depth in tree(rows)]
