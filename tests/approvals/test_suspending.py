"""挂起 and 恢复: what stands still, what goes on, what is lost (nothing)."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from approvals.errors import Blocked
from approvals.models import Pause
from approvals.screening_services import lapse_all
from approvals.services import advance
from notifications.models import Notification
from projects.models import ScreeningRun
from projects.states import RunStatus, State
from tests.approvals.acting import ITEM, act, fresh, open_review, refusal, review_of, review_refusal
from tests.cast import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def test_suspended_case_and_its_reviews_stand_still_with_who_since_when_and_why(city):
    case = make_case(city, State.REVIEW)
    open_review(case, "planning", city.planner)
    act(case, "suspend", city.manager, "等待上级批复")
    pause = Pause.objects.get()
    assert (pause.kind, pause.started_by, pause.reason) == ("suspended", city.manager, "等待上级批复")
    day = timezone.localdate().isoformat()
    words = f"Suspended by manager since {day}: 等待上级批复"
    assert refusal(Blocked, case, "reject", city.manager).reasons[0] == words
    assert refusal(Blocked, case, "suspend", city.manager).reasons == [words]
    review = review_of(case, "planning")
    assert review_refusal(Blocked, review, "review_pass", city.planner).reasons[0] == words
    assert review_refusal(Blocked, review_of(case, "standards"), "review_open", city.standards).reasons[0] == words
    told = set(Notification.objects.filter(event="suspended").values_list("recipient__username", flat=True))
    assert {"applicant", "planner", "standards"} <= told

    act(case, "resume", city.manager, "")
    pause.refresh_from_db()
    assert (pause.ended_by, fresh(case).suspension) == (city.manager, None)
    open_review(case, "standards", city.standards)
    assert Notification.objects.filter(event="resumed", recipient=city.applicant).exists()
    assert refusal(Blocked, case, "resume", city.manager).reasons == ["The case is not suspended."]


def test_reason_is_required(city):
    case = make_case(city, State.INTAKE)
    refusal(Blocked, case, "suspend", city.manager, "")


def test_screening_result_arrives_and_the_case_moves_when_it_is_resumed(city):
    case = make_case(city, State.SCREENING)
    act(case, "suspend", city.manager)
    ScreeningRun.objects.filter(project=case.pk).update(status=RunStatus.SUCCEEDED, finished_at=timezone.now())
    assert advance(case.pk) == State.SCREENING
    act(case, "resume", city.manager, "")
    assert fresh(case).state == State.REVIEW


def test_correction_does_not_lapse_meanwhile_and_gets_its_working_days_back(city):
    case = make_case(city, State.INTAKE)
    act(case, "return_for_correction", city.intake, items=[ITEM])
    notice = fresh(case).open_notice()
    due = notice.due_on
    act(case, "suspend", city.manager)
    start = timezone.now() - timedelta(days=21)  # three weeks: some working days at any time of the year
    Pause.objects.filter(kind="suspended").update(started_at=start)
    yesterday = timezone.localdate() - timedelta(days=1)
    type(notice).objects.update(lapses_on=yesterday)
    assert lapse_all() == 0
    assert fresh(case).state == State.CORRECTION
    act(case, "resume", city.manager, "")
    notice.refresh_from_db()
    assert fresh(case).state == State.CORRECTION
    assert notice.due_on >= due + timedelta(days=7)
    assert notice.lapses_on > timezone.localdate()


def test_unit_may_withdraw_and_nothing_stands_still_in_an_ended_case(city):
    case = make_case(city, State.INTAKE)
    act(case, "suspend", city.manager)
    act(case, "withdraw", city.applicant)
    assert fresh(case).state == State.WITHDRAWN
    assert Pause.objects.get().ended_at


def test_pages_say_so(city, client):
    case = make_case(city, State.INTAKE)
    act(case, "suspend", city.manager, "x-reason-x")
    client.force_login(city.intake)
    page = client.get(f"/projects/{case.ref}/").content.decode()
    assert "x-reason-x" in page
    client.force_login(city.manager)
    assert f"/projects/{case.ref}/steps/resume/" in client.get(f"/projects/{case.ref}/").content.decode()
    client.post(f"/projects/{case.ref}/steps/resume/", {"expected_version": fresh(case).seq, "comment": ""})
    assert fresh(case).suspension is None
