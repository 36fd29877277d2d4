"""Change rounds and plan items."""

import json
from datetime import date
from pathlib import Path

from django.db import transaction

from planning.models import PlanItem, Round


@transaction.atomic
def load_plan_items(path: Path) -> int:
    """Load plan items from JSON Lines (code, title, title_en, parent, year_from, year_to, envelope in 万元, source).

    Items that exist are left as they are. Returns how many were created.
    """
    created = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        row.pop("domains", None)
        parent = PlanItem.objects.get(code=row.pop("parent")) if row.get("parent") else row.pop("parent", None)
        _item, is_new = PlanItem.objects.get_or_create(code=row.pop("code"), defaults={**row, "parent": parent})
        created += is_new
    return created


def open_round(*, code: str, name: str, name_en: str, opens_on: date, closes_on: date) -> Round:
    """Create an application round, or return the one of that code."""
    defaults = {"name": name, "name_en": name_en, "year": opens_on.year, "opens_on": opens_on, "closes_on": closes_on}
    return Round.objects.get_or_create(code=code, defaults=defaults)[0]
