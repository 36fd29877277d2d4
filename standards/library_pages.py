"""What the pages of the library share: the tabs, and one item with its ground and history."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import has_permission
from accounts.sources import standing
from standards import applicability, edition_queries, queries
from standards.edit_forms import ConfirmForm
from standards.facts import FACTS
from standards.models import ChecklistItem, Standard
from standards.snapshots import ITEMS, STANDARDS, item_key


def tabs(user: User, current: str) -> list[dict[str, Any]]:
    """The parts of the library with how many rows each has."""
    sizes = queries.sizes(user)
    labels = {"index": _("Checklists"), "catalogue": _("Catalogue"), "editions": _("Checklist editions")}
    return [
        {"label": label, "url": reverse(f"standards:{name}"), "count": sizes[name], "current": name == current}
        for name, label in labels.items()
    ]


def item_page(user: User, item: ChecklistItem) -> dict[str, Any]:
    """What the page of one item shows."""
    current = queries.edition_in_force()
    return {
        "item": item,
        "facts": [FACTS[name].asked for name in applicability.check(item.condition)],
        "standards": [*filter(None, [item.standard]), *item.related.all()],
        "crumbs": [(_("Standards library"), reverse("standards:index")), (item.code, "")],
        "edition_label": edition_queries.standing_of(item.edition, current)[0],
        "is_current": current is not None and current.pk == item.edition_id,
        "history": edition_queries.history(ITEMS, item_key(item)),
        "confirm": _confirm_form(user, item),
        "confirm_url": reverse("standards:confirm_item", args=[item.edition_id, item.code]),
        "can_edit": item.edition.is_draft and has_permission(user, "standards.edit"),
    }


def standard_page(user: User, standard: Standard) -> dict[str, Any]:
    """What the page of one standard shows."""
    crumbs = [(_("Standards library"), reverse("standards:index")), (_("Catalogue"), reverse("standards:catalogue"))]
    return {
        "standard": standard,
        "items": queries.items_citing(standard),
        "crumbs": [*crumbs, (standard.number, "")],
        "history": edition_queries.history(STANDARDS, standard.number),
        "confirm": _confirm_form(user, standard),
        "confirm_url": reverse("standards:confirm_standard", args=[standard.pk]),
        "can_edit": has_permission(user, "standards.edit"),
    }


def _confirm_form(user: User, entry: Standard | ChecklistItem) -> ConfirmForm | None:
    asked = standing(entry.source) != "document" and has_permission(user, "standards.edit")
    return ConfirmForm() if asked else None
