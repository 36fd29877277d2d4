"""A deadline that rests on holidays nobody has published yet: the notice is imported, it moves, and its holder hears."""

import json
import re
from datetime import date

import pytest

from planning.working_days import statutory
from tests.browser import acts

pytestmark = pytest.mark.browser
REF = "P35"


def test_imported_notice_settles_and_moves_a_deadline(desk):
    manager = desk("manager")
    acts.step(manager, REF, "extend", days="10", comment="专家需补充查阅资料")
    year, due = read_deadline(manager)
    manager.open("/calendar/import/")
    page = manager.page
    file = {"name": f"{year}.json", "mimeType": "application/json", "buffer": notice(year, due)}
    page.set_input_files("[name=file]", file)
    page.fill("[name=number]", f"虚构〔{year - 1}〕1号")
    manager.press("main form.tc-panel .btn-primary")
    manager.reads(REF, due.isoformat())  # whose deadline would move, before anything is written
    manager.press("main .tc-actions form .btn-primary")
    left, moved = read_deadline(manager)
    assert moved > due
    assert left is None
    manager.open("/notifications/")
    manager.reads(REF, moved.isoformat())


def read_deadline(manager) -> tuple[int | None, date]:
    """The year whose notice is missing, and the last day of the service norm."""
    page = manager.open(f"/projects/{REF}/deadline/")
    link = page.locator(".tc-notice a[href*='/calendar/?year=']")
    year = int(link.get_attribute("href")[-4:]) if link.count() else None
    told = re.search(r"\d{4}-\d\d-\d\d", page.locator(".tc-fig b").first.inner_text())
    return year, date.fromisoformat(told.group())


def notice(year, off) -> bytes:
    """What the law fixes for the year, and one day more: the last day of the norm."""
    days = {**statutory(year), off: "元旦"}
    rows = [{"name": name, "date": day.isoformat(), "isOffDay": True} for day, name in days.items()]
    return json.dumps({"year": year, "papers": [], "days": rows}, ensure_ascii=False).encode()
