"""The checklist beside a review: which item is chosen, what comes before and after it, how much is done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from approvals.models import ReviewItem


@dataclass(frozen=True, slots=True)
class Where:
    """What the address of a review page says: the item, the tab, whether judged items are left out."""

    item: str = ""
    tab: str = ""
    only_open: bool = False

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Where":
        """From the query of a request."""
        return cls(query.get("item", ""), query.get("tab", ""), query.get("open") == "1")

    def link(self, **changes: Any) -> str:
        """The query of this page with some of it changed; "?" alone where nothing is left to say."""
        there = replace(self, **changes)
        said = {"item": there.item, "tab": there.tab, "open": "1" if there.only_open else ""}
        return "?" + urlencode({name: value for name, value in said.items() if value})


def chosen_item(items: list[ReviewItem], code: str) -> ReviewItem | None:
    """The item asked for, else the first without a verdict, else the first."""
    sheet = [item for item in items if item.applies]
    by_code = {item.code: item for item in sheet}
    if code in by_code:
        return by_code[code]
    return next((item for item in sheet if not item.verdict), sheet[0] if sheet else None)


def next_open(items: list[ReviewItem], code: str) -> str:
    """The code of the next item without a verdict, after `code`, then from the beginning; "" where none is left."""
    sheet = [item for item in items if item.applies]
    here = next((place for place, item in enumerate(sheet) if item.code == code), -1)
    return next((item.code for item in (*sheet[here + 1 :], *sheet[: here + 1]) if not item.verdict), "")


def page(items: list[ReviewItem], item: ReviewItem | None, where: Where) -> dict[str, Any]:
    """What the checklist column shows."""
    sheet = [row for row in items if row.applies]
    done = [row for row in sheet if row.verdict]
    return {
        "open_items": [_line(row, where, item) for row in sheet if not row.verdict],
        "done_items": [_line(row, where, item) for row in done],
        "shows_done": not where.only_open,
        "other_items": [row for row in items if not row.applies and row.severity != "acceptance"],
        "later_items": [row for row in items if row.severity == "acceptance"],
        "done": len(done),
        "total": len(sheet),
        "share": round(100 * len(done) / len(sheet)) if sheet else 0,
        "filter_url": where.link(only_open=not where.only_open),
        **_neighbours(sheet, item, where),
    }


def _line(row: ReviewItem, where: Where, item: ReviewItem | None) -> dict[str, Any]:
    is_current = item is not None and row.pk == item.pk
    return {"row": row, "section": row.item.section, "url": where.link(item=row.code), "current": is_current}


def _neighbours(sheet: list[ReviewItem], item: ReviewItem | None, where: Where) -> dict[str, Any]:
    """The number of the chosen item and the links to the items beside it."""
    rows = [row for row in sheet if not where.only_open or not row.verdict or row == item]
    if item not in rows:
        return {"place": 0, "before_url": "", "after_url": ""}
    here = rows.index(item)
    return {
        "place": sheet.index(item) + 1,
        "before_url": where.link(item=rows[here - 1].code) if here else "",
        "after_url": where.link(item=rows[here + 1].code) if here + 1 < len(rows) else "",
    }
