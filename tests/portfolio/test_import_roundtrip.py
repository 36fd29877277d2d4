"""What the registry can hold goes out as .csv or .xlsx and comes back the same, and never as a formula."""

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from portfolio import exporting, queries
from portfolio.models import System
from portfolio.services import import_systems
from portfolio.values import Unreadable, text
from tests.portfolio.making import jsonl, make_world, stored

STARTS = st.sampled_from(
    ["", "=", "+", "-", "@", "'", "'=", "＝", "＋", "'''-", "=cmd|'/c calc'!A1", "0", "00123", "1e5", "TRUE"]
)
CHARS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn"))


def storable(limit: int, *, extra: str = ""):
    """Texts that the registry takes, spreadsheet traps among them."""

    def taken(written: str) -> bool:
        try:
            return text(written, limit=limit, prose=bool(extra)) == written
        except Unreadable:
            return False

    parts = st.text(CHARS | st.sampled_from(extra or "统一,\"'"), max_size=min(limit - 20, 60))
    return st.tuples(STARTS, parts).map("".join).filter(taken)


money = st.none() | st.decimals(0, Decimal("9999999999.99"), places=2)
line = storable(120).filter(bool)
capability = st.fixed_dictionaries(
    {
        "text": storable(500).filter(bool),
        "taxonomy": st.sampled_from(["A01", "A02", "A", None]),
        "domain": st.sampled_from(["BD15", "BD22", None]),
        "object": st.sampled_from(["公众", "系统间", ""]),
    }
)
system = st.fixed_dictionaries(
    {
        "name": line,
        "aliases": st.lists(
            storable(60).filter(lambda name: name and not set(name) & set(";；")), max_size=4, unique=True
        ),
        "department": st.sampled_from(["M01", "M02"]),
        "status": st.sampled_from(System.Status.values),
        "build_mode": st.sampled_from(["unified", "departmental"]),
        "built_on": st.none() | st.dates(date(1980, 1, 1), date(2100, 12, 31)).map(str),
        "build_cost": money.map(lambda value: None if value is None else float(value)),
        "users": st.none() | st.integers(0, 2_147_483_647),
        "mlps_level": st.none() | st.integers(1, 5),
        "on_gov_cloud": st.none() | st.booleans(),
        "description": storable(4000, extra='\n\t,"'),
        "contact_name": storable(60),
        "capabilities": st.lists(capability, max_size=4),
    }
)


def numbered(systems: list[dict]) -> list[dict]:
    """Give every system and capability its code."""
    for number, one in enumerate(systems):
        one["code"] = f"S{number:03}"
        for position, row in enumerate(one["capabilities"]):
            row["code"] = f"S{number:03}-{position:02}"
    return systems


class RoundTrip(TestCase):
    """Hypothesis needs a transaction for each example, not for each test."""

    @given(st.lists(system, min_size=1, max_size=3).map(numbered))
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_export_comes_back_unchanged_and_runs_nothing(self, systems):
        make_world()
        assert import_systems(jsonl(*systems), filename="a.jsonl").errors == []
        before = stored()
        exported = queries.for_export(System.objects.select_related("department"))
        for kind in exporting.KINDS:
            data = exporting.KINDS[kind].write(exporting.rows(exported.all(), contacts=True))
            for cell in live_cells(data, kind):
                raise AssertionError(f"{kind}: {cell!r} would run")
            report = import_systems(data, filename=f"a.{kind}")
            assert (report.errors, report.unchanged) == ([], len(systems)), kind
            System.objects.all().delete()
            assert import_systems(data, filename=f"a.{kind}").created == len(systems)
            assert stored() == before, kind


def live_cells(data: bytes, kind: str) -> list[str]:
    """Cells that a spreadsheet would run."""
    if kind == "csv":
        rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        return [cell for row in rows for cell in row if cell[:1] and cell[0] in "=+-@\t\r＝＋－＠"]
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [cell.value for row in book.active.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "'=1"])
def test_live_formula_would_be_seen(name):
    data = f"name\n{name}\n".encode("utf-8-sig")
    assert bool(live_cells(data, "csv")) is not name.startswith("'")
