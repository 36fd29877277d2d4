"""The main pages take as many queries for thirty rows as for one, and no more than BOUNDS says (run with -s to see)."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from approvals.models import CarbonCopy, CaseMark, CorrectionNotice, Decision, ExpertProfile, Meeting, MeetingItem, Seen
from planning.models import Need, NeedCall, NeedGroup
from planning.services.need_pool import save_group
from portfolio.models import Capability
from projects import services
from projects.models import (
    BudgetLine,
    CostHint,
    Finding,
    OverlapReport,
    Project,
    ProposedCapability,
    ScreeningRun,
    SystemOverlap,
)
from projects.states import RunStatus, State
from standards.models import ChecklistItem
from tests.approvals.acting import ITEM, act, fresh
from tests.cast import duplicate_text, make_case, person
from tests.planning.asking import make_call, make_need
from tests.projects import making

MANY = 30
# page → who looks at it, and the most queries it may take: what it took when this was written.
BOUNDS = {
    "/": ("intake", 28),
    "/?tab=done": ("applicant", 27),
    "/?tab=started": ("applicant", 26),
    "/?tab=copied": ("finance", 27),
    "/?tab=drafts": ("applicant", 26),
    "/?tab=followed": ("manager", 27),
    "/?work=accept&due=soon&q=P": ("intake", 28),
    "/together/?act=urge&ref=P903&ref=P905": ("manager", 12),
    "/cases.xlsx?tab=inbox": ("intake", 22),
    "/me/phrases/": ("intake", 9),
    "/me/filters/": ("intake", 9),
    "/projects/": ("manager", 14),
    "/projects/P901/": ("manager", 84),  # findings, planning, ten panels, a timeline of seven tables
    "/projects/P902/": ("manager", 83),  # history
    "/projects/P901/findings/": ("manager", 16),
    "/projects/P903/versions/": ("manager", 14),
    "/projects/P904/notices/1/": ("applicant", 45),  # with what the unit has changed since, from the draft
    "/projects/P903/differences/": ("manager", 18),
    "/projects/P902/deadline/": ("manager", 22),
    "/calendar/": ("manager", 11),
    "/escalations/": ("manager", 14),
    "/portfolio/": ("manager", 12),
    "/portfolio/systems/S900/": ("manager", 9),
    "/duplicates/": ("manager", 17),
    "/duplicates/quality/": ("manager", 11),
    "/duplicates/thresholds/": ("manager", 9),
    "/duplicates/synonyms/": ("manager", 8),
    "/duplicates/overlaps/": ("manager", 14),
    "/standards/": ("manager", 13),
    "/standards/catalogue/": ("manager", 12),
    "/standards/editions/": ("standards", 12),
    "/policies/": ("manager", 22),
    "/policies/rows/": ("manager", 9),
    "/policies/changes/": ("auditor", 9),
    "/policies/to-confirm/": ("manager", 11),
    "/notifications/": ("intake", 11),  # one for the site's own texts, one for the people whom notices name
    "/notifications/failed/": ("sysadmin", 13),
    "/notifications/texts/": ("sysadmin", 7),
    "/planning/": ("manager", 7),
    "/planning/rounds/R2026/": ("manager", 10),
    "/planning/items/": ("manager", 11),
    "/planning/view/": ("manager", 15),
    "/planning/commitments/": ("manager", 7),
    "/meetings/": ("manager", 8),
    "/meetings/900/": ("manager", 20),
    "/meetings/900/minutes/": ("manager", 12),
    "/experts/": ("manager", 10),
    "/needs/": ("applicant", 12),
    "/needs/pool/": ("planner", 15),
    "/needs/pool/decide/?need=N2027-001": ("planner", 12),
}


def counted(city) -> dict[str, int]:
    """Queries of each page."""
    found = {}
    for address, (who, _most) in BOUNDS.items():
        browser = Client()
        browser.force_login(getattr(city, who))
        browser.get("/accounts/password/change/")  # what a first request looks up once per process or session
        with CaptureQueriesContext(connection) as queries:
            response = browser.get(address)
        assert response.status_code == 200, address
        found[address] = len(queries)
    return found


def make_one(city):
    """One row for every list."""
    make_case(city, State.ADJUDICATION, ref="P901", text=duplicate_text(city))
    stuck = make_case(city, State.SCREENING, ref="P902")
    ScreeningRun.objects.filter(project=stuck).update(status=RunStatus.FAILED, error="stopped")
    filed = make_case(city, State.INTAKE, ref="P903")
    services.take_snapshot(
        filed, city.applicant, timezone.now()
    )  # a second version, so that there is something to compare
    Seen.objects.create(project=filed, user=city.manager, version=filed.versions.get(number=1), at=timezone.now())
    returned = make_case(city, State.INTAKE, ref="P904")
    act(returned, "return_for_correction", city.intake, items=[ITEM])
    make_case(city, State.INTAKE, ref="P905")
    services.create_project(
        actor=city.applicant, department=city.hospital, round=city.round, title="x", kind="new",
        declared_unclassified=True,
    )  # fmt: skip
    CarbonCopy.objects.create(decision=Decision.objects.first(), user=city.finance)
    making.make_overlap(city.system, city.manager)
    make_hint("P901", "0")
    call = make_call()
    need = make_need(city.applicant, call)
    group = save_group(actor=city.planner, call=call, title="x", position=1)
    make_need(city.applicant2, call)  # says the same
    Need.objects.update(group=group)
    need.projects.add(Project.objects.get(ref="P903"))
    CaseMark.objects.bulk_create(  # opened before: the first look at a case writes that down
        CaseMark(project=case, user=city.manager, opened_at=timezone.now(), followed_at=timezone.now())
        for case in Project.objects.all()
    )
    meeting = Meeting.objects.create(pk=900, title="x", held_on=timezone.localdate(), called_by=city.manager)
    MeetingItem.objects.create(meeting=meeting, project=Project.objects.get(ref="P903"), pending="defer")


def make_many(city):
    """Twenty-nine more of each."""
    found, run = Finding.objects.filter(is_current=True).first(), fresh(Project.objects.get(ref="P901")).latest_run
    notice = CorrectionNotice.objects.get()
    for number in range(1, MANY):
        made = make_case(city, State.INTAKE, ref=f"P8{number:02}")
        MeetingItem.objects.create(meeting_id=900, project=made, pending="defer")
        Meeting.objects.create(pk=900 + number, title="x", held_on=timezone.localdate(), called_by=city.manager)
        ExpertProfile.objects.create(user=person(f"one{number}", Role.EXPERT, city.school), employer="x")
        services.create_project(
            actor=city.applicant, department=city.hospital, round=city.round, title="x", kind="new",
            declared_unclassified=True,
        )  # fmt: skip
        CarbonCopy.objects.create(decision=made.decisions.first(), user=city.finance)
        system = making.make_system(city.water, f"S8{number:02}")
        Capability.objects.create(system=system, code=f"S8{number:02}-01", text=f"能力 {number}")
        Capability.objects.create(system=city.system, code=f"S900-{number + 1:02}", text=f"能力 {number}")
        Finding.objects.create(
            project=found.project, run=run, band="amber", relation="duplicate", system=system, money=Decimal(1),
            capability_code=f"X-{number:02}", score=0.5,
        )  # fmt: skip
        make_line(found.project, number)
        make_hint("P901", str(number))
        facts = {"is_candidate": True, "member_share": 1, "target_share": 1, "pairs": [], "digest": f"z{number}"}
        SystemOverlap.objects.create(report=OverlapReport.objects.get(), member=system, target=city.system, **facts)
        again = Project.objects.get(ref="P902")
        act(again, "rescreen", city.manager)
        ScreeningRun.objects.filter(project=again).update(status=RunStatus.FAILED, error="stopped")
        services.take_snapshot(Project.objects.get(ref="P903"), city.applicant, timezone.now())
        need = make_need(city.applicant if number % 2 else city.applicant2, NeedCall.objects.get())
        need.projects.add(made)
        Need.objects.filter(pk=need.pk).update(group=NeedGroup.objects.get())
        notice.items.create(position=number + 1, problem="x", suggestion="y", origin="intake")


def make_hint(ref: str, digest: str):
    """A sign on the newest run of a case, with another case as its counterpart."""
    run = ScreeningRun.objects.filter(project__ref=ref).order_by("-pk").first()
    other = Project.objects.exclude(ref=ref).first()
    CostHint.objects.create(project=run.project, run=run, kind="same_site", other_project=other, money=1, digest=digest)


def make_line(project, number: int):
    """One more capability with its budget line, written past the services: the proposal is not editable any more."""
    first = ProposedCapability.objects.filter(project=project).first()
    row = ProposedCapability.objects.create(
        project=project, code=f"P901-{number + 1:02}", position=number, text=f"能力 {number}", taxonomy=first.taxonomy,
        domain=first.domain, service_object="公众",
    )  # fmt: skip
    BudgetLine.objects.create(
        project=project, position=number, name="x", amount=Decimal(1), capability=row, fund_source="municipal"
    )


@pytest.mark.django_db
def test_pages_take_no_more_queries_for_thirty_rows_than_for_one(city):
    make_one(city)
    one = counted(city)
    make_many(city)
    many = counted(city)
    for address, (_who, most) in BOUNDS.items():
        print(f"{address:30} {one[address]:3} with one row, {many[address]:3} with thirty, at most {most}")
    assert many == one
    assert {address: number for address, number in many.items() if number > BOUNDS[address][1]} == {}


@pytest.mark.django_db
def test_standards_take_as_many_for_one_item_as_for_a_page(city):
    browser = Client()
    browser.force_login(city.planner)
    counts = []
    for query in (f"?q={ChecklistItem.objects.exclude(related=None).first().code}", ""):
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(reverse("standards:index") + query).context["page"]
        counts.append((len(queries), len(page.object_list)))
    assert counts[0][0] == counts[1][0]
    assert counts[0][1] < counts[1][1]
