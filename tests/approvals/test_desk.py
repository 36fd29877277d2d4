"""催办 once a working day, 抄送 with receipts, and cases that nobody can move."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Assignment, User
from accounts.roles import Role
from approvals import desk_services
from approvals.desk_queries import is_stuck, may_be_copied, nobody_can_move, stuck_cases, who_holds
from approvals.desk_services import counting_day, next_day
from approvals.errors import Blocked, NotOffered
from approvals.models import CarbonCopy, Urge
from approvals.queries import inbox
from notifications.models import Notification
from planning.services import seed_calendar
from projects.models import Project
from projects.states import State
from tests.accounts.test_substitutions import arrange
from tests.approvals.acting import ITEM, act, fresh, open_review
from tests.cast import make_case, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def urge(case, actor, text=""):
    return desk_services.urge(case_id=case.pk, actor=actor, text=text)


def refused(case, actor):
    """Why the reminder is refused; nothing is written."""
    before = Urge.objects.count(), Notification.objects.count()
    with pytest.raises(Blocked) as caught:
        urge(case, actor)
    assert (Urge.objects.count(), Notification.objects.count()) == before
    return caught.value.reasons


# --- reminders --------------------------------------------------------------------------------------------------------


def test_reminder_reaches_whoever_holds_the_case_and_a_second_one_is_refused_with_who_and_when(city):
    case = make_case(city, State.INTAKE)
    row = urge(case, city.applicant, "请尽快受理")
    assert list(row.people.all()) == [city.intake]
    notice = Notification.objects.get(event="urged")
    assert (notice.recipient, notice.payload["person"]) == (city.intake, "applicant")
    (reason,) = refused(case, city.manager)
    assert reason.startswith("applicant reminded them at")
    assert next_day(timezone.localdate()).isoformat() in reason
    Urge.objects.update(day=timezone.localdate() - timedelta(days=9))
    urge(case, city.manager)
    assert Urge.objects.count() == 2


def test_who_may_remind(city):
    case = make_case(city, State.INTAKE)
    for actor in (city.applicant2, city.planner, city.auditor, city.approver):
        with pytest.raises(PermissionDenied):
            urge(case, actor)
    urge(case, city.endorser)  # the supervising department, for its subordinate unit


def test_nobody_is_reminded_while_the_clock_stands_or_of_their_own_work(city):
    case = make_case(city, State.INTAKE)
    assert refused(case, city.intake) == ["Nobody holds the case at this moment."]
    act(case, "suspend", city.manager)
    assert refused(case, city.applicant)[0].startswith("The clock stands")
    act(case, "resume", city.manager, "")
    act(case, "return_for_correction", city.intake, items=[ITEM])
    assert refused(case, city.manager)[0].startswith("The clock stands")
    act(case, "withdraw", city.applicant)
    assert refused(case, city.manager) == ["Nobody has to act on this case now."]


def test_reviewers_are_reminded_by_name_and_their_substitutes_hear_it_too(city):
    case = make_case(city, State.REVIEW)
    open_review(case, "planning", city.planner)
    arrange(city, city.planner, city.approver)
    urge(case, city.manager)
    told = set(Notification.objects.filter(event="urged").values_list("recipient__username", flat=True))
    assert {"planner", "approver"} <= told
    assert city.planner in who_holds(fresh(case))


@pytest.mark.parametrize(
    ("day", "counts_for", "again"),
    [
        (date(2026, 9, 21), date(2026, 9, 21), date(2026, 9, 22)),
        (date(2026, 9, 20), date(2026, 9, 20), date(2026, 9, 21)),  # a Sunday that is worked
        (date(2026, 10, 3), date(2026, 9, 30), date(2026, 10, 8)),  # National Day
        (date(2026, 10, 10), date(2026, 10, 10), date(2026, 10, 12)),  # a Saturday that is worked
    ],
)
def test_working_day_that_a_reminder_counts_for(city, day, counts_for, again):
    seed_calendar([2026])
    assert (counting_day(day), next_day(day)) == (counts_for, again)


def test_reminding_in_the_browser(city, client, settings):
    settings.LANGUAGE_CODE = "en"
    case = make_case(city, State.INTAKE)
    client.force_login(city.applicant)
    assert "intake" in client.get(f"/projects/{case.ref}/urge/").content.decode()
    assert client.post(f"/projects/{case.ref}/urge/", {"text": "x"}).status_code == 302
    again = client.post(f"/projects/{case.ref}/urge/", {"text": "kept words"})
    assert again.status_code == 409
    assert "kept words" in again.content.decode()
    assert "reminded" in client.get(f"/projects/{case.ref}/").content.decode()


# --- copies -----------------------------------------------------------------------------------------------------------


def copy(case, actor, *people, note=""):
    return desk_services.send_copies(case_id=case.pk, actor=actor, people=people, note=note)


def test_copy_has_a_receipt_when_the_case_is_opened_and_nobody_gets_it_twice(city, client, settings):
    settings.LANGUAGE_CODE = "en"
    case = make_case(city, State.INTAKE)
    copy(case, city.intake, city.planner, city.finance, note="供参考")
    assert Notification.objects.filter(event="copied").count() == 2
    with pytest.raises(Blocked):
        copy(case, city.manager, city.planner)
    client.force_login(city.planner)
    assert case.ref in client.get("/?tab=copied").content.decode()
    client.get(f"/projects/{case.ref}/")
    read = CarbonCopy.objects.get(user=city.planner)
    assert read.read_at
    assert CarbonCopy.objects.get(user=city.finance).read_at is None
    client.force_login(city.intake)
    page = client.get(f"/projects/{case.ref}/copy/").content.decode()
    assert "not read yet" in page
    assert "供参考" in page


def test_only_people_who_may_see_the_case_are_offered_and_others_refused(city):
    case = make_case(city, State.INTAKE)
    offered = set(may_be_copied(fresh(case)))
    assert {city.applicant, city.endorser, city.planner, city.finance, city.auditor} <= offered
    assert not {city.applicant2, city.steward, city.secadmin, city.sysadmin, city.expert1} & offered
    with pytest.raises(Blocked):
        copy(case, city.intake, city.applicant2)
    with pytest.raises(Blocked):
        copy(case, city.intake)
    with pytest.raises(PermissionDenied):
        copy(case, city.applicant, city.planner)
    assert not CarbonCopy.objects.exists()


def test_copy_in_the_browser(city, client):
    case = make_case(city, State.INTAKE)
    client.force_login(city.intake)
    assert client.post(f"/projects/{case.ref}/copy/", {"people": [city.applicant2.pk]}).status_code == 422
    assert client.post(f"/projects/{case.ref}/copy/", {"people": [city.planner.pk], "note": "x"}).status_code == 302
    assert CarbonCopy.objects.get().sent_by == city.intake


# --- nobody left ------------------------------------------------------------------------------------------------------


def test_case_whose_role_nobody_holds_any_more_waits_visibly_for_the_manager(city, client, settings):
    settings.LANGUAGE_CODE = "en"
    case = make_case(city, State.INTAKE)
    assert not is_stuck(fresh(case))
    assert stuck_cases(city.manager) == []
    User.objects.filter(pk=city.intake.pk).update(is_active=False)
    assert is_stuck(fresh(case))
    (row,) = stuck_cases(city.manager)
    assert (row.project.ref, row.needs) == (case.ref, str(Role.INTAKE.label))
    assert case in inbox(city.manager)
    client.force_login(city.manager)
    page = client.get(f"/projects/{case.ref}/").content.decode()
    assert "Waits for the manager to name somebody" in page
    assert case.ref in client.get("/cases/stuck/").content.decode()
    client.force_login(city.planner)
    assert client.get("/cases/stuck/").status_code == 403


def test_approver_who_began_the_proposal_keeps_out_with_every_substitute_and_another_approver_moves_it(city):
    case = make_case(city, State.DECISION)
    Project.objects.filter(pk=case.pk).update(created_by=city.approver)
    assert is_stuck(fresh(case))
    helper = person("helper", Role.STEWARD, city.water)
    arrange(city, city.approver, helper, actor=city.manager)
    assert is_stuck(fresh(case))  # nobody lends a right around the separation of duties
    with pytest.raises(NotOffered):
        act(case, "defer", User.objects.get(pk=helper.pk))
    another = person("another", Role.APPROVER, city.office)
    assert not is_stuck(fresh(case))
    act(case, "defer", another)


@pytest.mark.parametrize(
    ("state", "amount", "gone"),
    [
        (State.ENDORSEMENT, "50.00", "endorser"),
        (State.INTAKE, "50.00", "intake"),
        (State.DECISION, "50.00", "approver"),
    ],
)
def test_each_duty_is_noticed(city, state, amount, gone):
    case = make_case(city, state, amount=amount)
    assert not Project.objects.filter(nobody_can_move(), pk=case.pk).exists()
    Assignment.objects.filter(user=getattr(city, gone)).update(is_active=False)
    assert Project.objects.filter(nobody_can_move(), pk=case.pk).exists()


def test_moment_is_stored_in_the_citys_time(city):
    case = make_case(city, State.INTAKE)
    row = urge(case, city.applicant)
    assert isinstance(row.at, datetime)
    assert row.day == counting_day(timezone.localdate())
