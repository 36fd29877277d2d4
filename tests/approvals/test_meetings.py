"""A meeting's results wait unseen and are released together: each through the door, refusals kept with the item."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals import meeting_services as services
from approvals.errors import Blocked
from approvals.meeting_queries import items_of, set_check
from approvals.models import Decision, Meeting, MeetingItem
from notifications.models import Notification
from projects.models import Project
from projects.states import State
from tests.approvals.acting import act
from tests.cast import TEXTS, make_case

pytestmark = pytest.mark.django_db
SECRET = "会议保密结论"


@pytest.fixture
def cases(city):
    """Two projects that wait for a decision."""
    return [make_case(city, State.DECISION, ref=f"P90{n}", text=TEXTS[n]) for n in (1, 2)]


@pytest.fixture
def meeting(city, cases):
    """Today's meeting with both on the agenda."""
    found = services.plan_meeting(actor=city.manager, title="审定会", held_on=timezone.localdate())
    services.put_on_agenda(meeting_id=found.pk, actor=city.manager, project_ids=[case.pk for case in cases])
    return found


def enter(city, meeting, *amounts):
    """An approval for each project, in 万元."""
    for item, amount in zip(meeting.items.order_by("pk"), amounts, strict=False):
        services.enter_result(
            item_id=item.pk, actor=city.manager, pending="approve", amount=Decimal(amount), comment=SECRET
        )


def states(cases):
    return [Project.objects.get(pk=case.pk).state for case in cases]


def test_released_together_as_the_approvers_own_decisions(city, cases, meeting):
    enter(city, meeting, "40", "45")
    before = Decision.objects.count()
    tried = services.release(meeting_id=meeting.pk, actor=city.approver)
    assert [item.refusal for item in tried] == ["", ""]
    assert states(cases) == ["approved", "approved"]
    assert [(row.actor, row.action) for row in Decision.objects.order_by("pk")[before:]] == [
        (city.approver, "approve")
    ] * 2
    meeting.refresh_from_db()
    assert (meeting.status, meeting.released_by) == ("released", city.approver)
    assert services.release(meeting_id=meeting.pk, actor=city.approver) == []  # sent twice
    assert Decision.objects.count() == before + 2


def test_refused_item_keeps_its_reason_and_the_others_go_out(city, cases, meeting):
    enter(city, meeting, "40", "45")
    act(cases[1], "defer", city.approver)  # decided meanwhile, past the meeting
    tried = services.release(meeting_id=meeting.pk, actor=city.approver)
    assert states(cases) == ["approved", "deferred"]
    assert tried[0].decision is not None
    assert "approver" in tried[1].refusal  # says who acted meanwhile
    meeting.refresh_from_db()
    assert meeting.status == "held"
    # The repair: the item is left without a result, or taken off; then the rest is over.
    services.enter_result(item_id=tried[1].pk, actor=city.manager, pending="")
    assert services.release(meeting_id=meeting.pk, actor=city.approver) == []
    assert Meeting.objects.get().status == "released"


def test_return_carries_its_items(city, cases, meeting):
    item = meeting.items.first()
    line = {"section": "budget", "problem": "没有测算", "suggestion": "补充", "clause": ""}
    with pytest.raises(ValidationError):
        services.enter_result(item_id=item.pk, actor=city.manager, pending="return_for_correction", comment="退")
    services.enter_result(
        item_id=item.pk, actor=city.manager, pending="return_for_correction", comment="退回", lines=[line]
    )
    services.release(meeting_id=meeting.pk, actor=city.approver)
    assert states(cases)[0] == "correction"
    assert Project.objects.get(pk=cases[0].pk).notices.count() == 1


def test_set_is_checked_against_the_ceiling(city, cases, meeting):
    enter(city, meeting, "40", "45")
    services.change_meeting(meeting_id=meeting.pk, actor=city.manager, ceiling=Decimal(80))
    meeting.refresh_from_db()
    found = set_check(meeting, items_of(meeting))
    assert (found.approved, found.over, found.without, found.moved) == (Decimal(85), Decimal(5), [], [])


def test_amount_stays_within_what_was_reviewed(city, meeting):
    for amount in ("0", "50.01", None):
        with pytest.raises(ValidationError):
            services.enter_result(
                item_id=meeting.items.first().pk, actor=city.manager, pending="approve", comment="x",
                amount=amount and Decimal(amount),
            )  # fmt: skip


def test_nothing_is_released_early_or_by_others(city, cases, meeting):
    enter(city, meeting, "40")
    with pytest.raises(PermissionDenied):
        services.release(meeting_id=meeting.pk, actor=city.manager)
    Meeting.objects.update(held_on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(Blocked):
        services.release(meeting_id=meeting.pk, actor=city.approver)
    assert states(cases) == ["decision", "decision"]


def test_only_projects_that_can_be_discussed_come_on_one_agenda(city, cases, meeting):
    early = make_case(city, State.INTAKE, ref="P903", text=TEXTS[3])
    other = services.plan_meeting(actor=city.manager, title="另一个会", held_on=timezone.localdate())
    for case in (early, cases[0]):
        with pytest.raises(Blocked, match=case.ref):
            services.put_on_agenda(meeting_id=other.pk, actor=city.manager, project_ids=[case.pk])
    assert services.put_on_agenda(meeting_id=meeting.pk, actor=city.manager, project_ids=[cases[0].pk]) == []


def test_units_are_told_of_the_meeting_and_not_of_results(city, cases, meeting):
    enter(city, meeting, "40", "45")
    told = Notification.objects.filter(event="meeting_called")
    assert set(told.values_list("recipient__username", flat=True)) == {"applicant"}
    assert told.count() == 2
    assert not Notification.objects.filter(event="approved").exists()


def test_results_that_wait_are_seen_by_nobody_else(city, cases, meeting):
    """The case page, the meeting's pages and its papers; after the release the letter is there for the unit."""
    enter(city, meeting, "40", "45")
    pages = [reverse("approvals:case", args=[cases[0].ref]), reverse("approvals:print", args=[cases[0].ref])]
    papers = [reverse(f"meetings:{name}", args=[meeting.pk]) for name in ("meeting", "agenda", "minutes")]
    browser = Client()
    for person in (city.applicant, city.endorser, city.planner, city.intake, city.finance):
        browser.force_login(person)
        for page in (*pages, *papers, reverse("meetings:release", args=[meeting.pk])):
            assert SECRET not in browser.get(page).content.decode(), (person, page)
    browser.force_login(city.manager)
    assert SECRET in browser.get(papers[2]).content.decode()
    letter = reverse("meetings:letter", args=[meeting.items.first().pk])
    browser.force_login(city.applicant)
    assert browser.get(letter).status_code == 404
    services.release(meeting_id=meeting.pk, actor=city.approver)
    assert SECRET in browser.get(letter).content.decode()
    browser.force_login(city.applicant2)
    assert browser.get(letter).status_code == 404


def test_pages_enter_and_release(city, cases, meeting):
    item = meeting.items.first()
    browser = Client()
    browser.force_login(city.manager)
    form = {"items-TOTAL_FORMS": 3, "items-INITIAL_FORMS": 0, "pending": "approve", "amount": "49", "comment": "同意"}
    assert browser.post(reverse("meetings:result", args=[item.pk]), {**form, "amount": ""}).status_code == 422
    assert browser.post(reverse("meetings:result", args=[item.pk]), form).status_code == 302
    browser.force_login(city.approver)
    assert browser.get(reverse("meetings:release", args=[meeting.pk])).status_code == 200
    assert browser.post(reverse("meetings:release", args=[meeting.pk])).status_code == 302
    assert MeetingItem.objects.get(pk=item.pk).decision.actor == city.approver
