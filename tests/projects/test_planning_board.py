"""The planning view: how money falls on years and items, envelopes, conflicts, and that page and workbook agree."""

import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from planning.models import PlanEnvelope, PlanItem
from projects.models import Project, ProposedCapability, SystemPlanLink
from projects.plan_board import board, exceeded_for
from projects.plan_money import by_year, months, split
from projects.states import State
from tests.approvals.acting import put
from tests.cast import TEXTS, make_case
from tests.projects import making

MONTHS = st.tuples(st.integers(2000, 2040), st.integers(1, 12)).map(lambda one: f"{one[0]}-{one[1]:02}")
MONEY = st.decimals(0, 10**7, places=2)


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


# --- arithmetic -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("starts", "ends", "found"),
    [
        ("2026-03", "2027-02", {2026: 10, 2027: 2}),
        ("2026-05", "2026-05", {2026: 1}),
        ("2026-12", "2028-01", {2026: 1, 2027: 12, 2028: 1}),
        ("2027-01", "2026-12", {}),
        ("", "2026-12", {}),
        ("2026-13", "2027-01", {}),
        ("1000-01", "2999-01", {}),
    ],
)
def test_months_of_each_year(starts, ends, found):
    assert months(starts, ends) == found


def test_money_follows_the_months():
    assert by_year(Decimal(120), "2026-03", "2027-02", 2026) == {2026: Decimal("100.00"), 2027: Decimal("20.00")}
    assert by_year(Decimal(120), "", "", 2026) == {2026: Decimal("120.00")}
    assert split(Decimal(100), [1, 1, 1]) == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]


@given(MONEY, MONTHS, MONTHS, st.integers(1, 7))
def test_no_cent_is_lost(amount, starts, ends, items):
    parts = [part for money in by_year(amount, starts, ends, 2026).values() for part in split(money, [1] * items)]
    assert sum(parts) == amount
    assert min(parts) >= 0


# --- the board ------------------------------------------------------------------------------------------------------
@pytest.fixture
def plan(db):
    """Two items under one, with envelopes."""
    top = PlanItem.objects.create(code="A", title="甲", year_from=2026, year_to=2027, source="规划")
    one, two = (
        PlanItem.objects.create(code=code, title=code, year_from=2026, year_to=2027, source="规划", parent=top)
        for code in ("A-1", "A-2")
    )
    for item, amount in ((one, 60), (two, 500)):
        PlanEnvelope.objects.create(item=item, year=2026, amount=amount)
    return top, one, two


def cite(project, *items):
    project.plan_items.set(items)
    return Project.objects.get(pk=project.pk)


def cells(whole, code):
    row = next(row for row in whole.rows if row.item.code == code)
    return {cell.year: cell for cell in row.cells}


@pytest.mark.django_db
def test_asked_granted_and_exceeded(city, plan):
    _top, one, two = plan
    asked = cite(make_case(city, State.REVIEW, amount="120.00"), one, two)
    cite(make_case(city, State.APPROVED, ref="P902", amount="24.00", text=TEXTS[3]), one)
    cite(make_case(city, ref="P903", text=TEXTS[4]), one)
    whole = board()
    assert whole.years == [2026, 2027]
    first, upper = cells(whole, "A-1")[2026], cells(whole, "A")[2026]
    assert (first.asked, first.granted, first.envelope) == (Decimal("50.00"), Decimal("20.00"), Decimal(60))
    assert first.over == Decimal("10.00")
    assert (upper.asked, upper.granted, upper.below) == (Decimal("100.00"), Decimal("20.00"), Decimal(560))
    assert upper.over == 0
    assert upper.share == Decimal(120) / Decimal(560)
    assert [(found.item.code, found.cell.year) for found in exceeded_for(asked)] == [("A-1", 2026)]
    assert cells(whole, "A-1")[2027].asked == Decimal("10.00")


@pytest.mark.django_db
def test_an_item_above_with_its_own_envelope_is_exceeded_too(city, plan):
    top, _one, two = plan
    project = cite(make_case(city, State.REVIEW, amount="120.00"), two)
    assert exceeded_for(project) == []
    PlanEnvelope.objects.create(item=top, year=2026, amount=99)
    assert [(found.item.code, found.cell.over) for found in exceeded_for(project)] == [("A", Decimal("1.00"))]


@pytest.mark.django_db
def test_endings_without_money_and_the_route_outside(city, plan):
    _top, one, _two = plan
    for number, state in enumerate((State.REJECTED, State.WITHDRAWN, State.DEFERRED, State.MERGED, State.REUSE)):
        cite(put(make_case(city, State.INTAKE, ref=f"P91{number}", text=TEXTS[number]), state), one)
    outside = make_case(city, State.INTAKE, ref="P920", amount="12.00")
    whole = board([2026])
    assert cells(whole, "A-1")[2026].used == 0
    assert [cited.project for cited in whole.outside.proposals] == [outside]
    assert whole.outside.cells[0].asked == Decimal("10.00")


@pytest.mark.django_db
def test_running_systems_cost_from_their_year_on(city, plan):
    _top, one, _two = plan
    facts = {"annual_om_cost": 8, "built_on": "2027-03-01"}
    SystemPlanLink.objects.create(system=making.make_system(city.water, "S1", **facts), plan_item=one)
    retired = making.make_system(city.water, "S2", status="retired", annual_om_cost=5)
    SystemPlanLink.objects.create(system=retired, plan_item=one)
    whole = board([2026, 2027])
    assert [cell.om for cell in cells(whole, "A-1").values()] == [0, 8]
    assert [cell.om for cell in cells(whole, "A").values()] == [0, 8]


@pytest.mark.django_db
def test_units_that_do_the_same_under_one_item_are_in_conflict(city, plan):
    _top, one, two = plan
    ours = cite(make_case(city, State.INTAKE, ref="P901"), one)
    theirs = cite(make_case(city, State.INTAKE, ref="P902", actor=city.applicant2, text=TEXTS[3]), one)
    conflict = board().conflicts[0]
    assert (conflict.item, set(conflict.projects)) == (one, {ours, theirs})
    assert len(conflict.shared) == 1
    cite(theirs, two)
    assert board().conflicts == []
    cite(theirs, one)
    ProposedCapability.objects.filter(project=theirs).update(domain=None)
    assert board().conflicts == []
    making.make_finding(ours, relation="same_round", other_project=theirs)
    assert [(found.item, found.shared) for found in board().conflicts] == [(one, ())]


# --- page and workbook ----------------------------------------------------------------------------------------------
@pytest.fixture
def planner(client, city):
    client.force_login(city.planner)
    return client


def sheet_of(client, query=""):
    book = load_workbook(io.BytesIO(client.get(reverse("plan:download") + query).content))
    head, *rows = list(book["plan"].iter_rows(values_only=True))
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?year=2026", "?q=A-1", "?level=city&year=2027"])
def test_workbook_says_what_the_page_says(city, plan, planner, query):
    _top, one, two = plan
    cite(make_case(city, State.REVIEW, amount="120.00"), one, two)
    make_case(city, State.INTAKE, ref="P902", text=TEXTS[3])
    whole = planner.get(reverse("plan:view") + query).context["board"]
    said = [
        (row.item.code if row.item else None, cell.year, float(cell.granted), float(cell.asked), float(cell.over))
        for row in (*whole.rows, whole.outside)
        for cell in row.cells
    ]
    rows = sheet_of(planner, query)
    written = [
        (row["Code"] or None, row["Year"], float(row["Granted"]), float(row["Asked"]), float(row["Exceeded by"] or 0))
        for row in rows
    ]
    assert written == said
    assert len(said) > 0


@pytest.mark.django_db
def test_a_filter_leaves_rows_out_and_changes_no_number(city, plan, planner):
    _top, one, _two = plan
    cite(make_case(city, State.REVIEW, amount="120.00"), one)
    whole = planner.get(reverse("plan:view"), {"q": "A-1"}).context["board"]
    assert [row.item.code for row in whole.rows] == ["A-1"]
    assert cells(whole, "A-1")[2026].over == Decimal("40.00")


@pytest.mark.django_db
def test_an_envelope_is_exceeded_and_the_planner_sees_it(city, plan, planner):
    """In the view, on the case and beside the sheet of the planning review; the unit does not see others' money."""
    _top, one, _two = plan
    case = cite(make_case(city, State.REVIEW, amount="120.00"), one)
    text = planner.get(reverse("plan:view")).content.decode()
    assert "envelope exceeded" in text
    assert "exceeded by 40.00" in text
    words = "Plan item A-1 A-1: envelope 2026 of 60.00 exceeded by 40.00"
    assert words in planner.get(reverse("approvals:case", args=[case.ref])).content.decode()
    review = case.reviews.get(kind="planning")
    address = reverse("approvals:review", args=[case.ref, review.pk])
    assert words in planner.get(address, {"tab": "planning"}).content.decode()
    planner.force_login(city.applicant)
    assert words not in planner.get(reverse("approvals:case", args=[case.ref])).content.decode()


@pytest.mark.django_db
def test_view_takes_as_many_queries_for_many_as_for_one(city, plan, planner):
    _top, one, _two = plan
    counts = []
    for number in range(3):
        for part in range(number + 1):
            item = PlanItem.objects.create(
                code=f"B{number}-{part}", title="x", year_from=2026, year_to=2026, source="x", parent=one
            )
            SystemPlanLink.objects.create(system=making.make_system(city.water), plan_item=item)
            cite(make_case(city, State.INTAKE, ref=f"P{number}{part}0", text=TEXTS[number + part]), item)
        planner.get(reverse("plan:view"))
        with CaptureQueriesContext(connection) as queries:
            planner.get(reverse("plan:view"))
        counts.append(len(queries))
    assert len(set(counts)) == 1
    assert counts[0] <= 20


@pytest.mark.django_db
def test_route_outside_the_plan_is_named(city, plan, planner):
    case = make_case(city, State.INTAKE)
    assert "outside the plan" in planner.get(reverse("projects:index")).content.decode()
    assert "outside the plan" in planner.get(reverse("approvals:case", args=[case.ref])).content.decode()
    cite(case, plan[1])
    assert "outside the plan" not in planner.get(reverse("projects:index")).content.decode()
