"""撤回: the sender takes a case back while nobody has acted on it; what was sent stays on record and counts for nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from approvals.audit import problems
from approvals.desk_panels import too_late_to_recall
from approvals.desk_queries import recalled_versions
from approvals.errors import Blocked, NotOffered
from approvals.models import CorrectionNotice
from config.demo.walk import Walker
from notifications.models import Notification
from projects.models import Project, ScreeningRun
from projects.states import State
from tests.approvals.acting import ITEM, act, answer_all, fresh, refusal
from tests.cast import make_case, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def returned_and_sent_again(city):
    """A case that was returned at intake and submitted again."""
    case = make_case(city, State.INTAKE)
    act(case, "return_for_correction", city.intake, items=[ITEM])
    answer_all(case, city.applicant)
    act(case, "resubmit", city.applicant, "")
    return fresh(case)


def test_submission_taken_back_is_a_draft_and_its_version_counts_for_nothing(city):
    case = make_case(city, State.ENDORSEMENT)
    first = case.versions.get()
    act(case, "recall", city.applicant, "")
    case = fresh(case)
    assert case.state == State.DRAFT
    assert recalled_versions(case) == {first.pk}
    assert list(case.versions.all()) == [first]
    told = Notification.objects.filter(event="recalled").values_list("recipient__username", flat=True)
    assert list(told) == ["endorser"]

    act(case, "submit", city.applicant, "")
    case = fresh(case)
    assert case.current_version.number == 2
    assert recalled_versions(case) == {first.pk}
    act(case, "endorse", city.endorser)
    Walker().to(case.ref, State.REVIEW)
    case = fresh(case)
    assert {review.version.number for review in case.all_reviews} == {2}
    assert set(ScreeningRun.objects.filter(project=case.pk).values_list("version__number", flat=True)) == {2}
    assert list(problems()) == []


def test_only_the_sender_takes_it_back_and_only_before_anybody_acts(city):
    case, colleague = make_case(city, State.ENDORSEMENT), person("colleague", "applicant", city.hospital)
    assert "applicant" in refusal(Blocked, case, "recall", colleague).reasons[0]
    act(case, "endorse", city.endorser)
    assert refusal(Blocked, case, "recall", city.applicant).reasons[0].startswith("endorser has already dealt with it")
    assert fresh(case).state == State.INTAKE


def test_first_level_unit_takes_its_submission_back_from_the_intake(city):
    case = make_case(city, State.INTAKE, actor=city.applicant2)
    act(case, "recall", city.applicant2, "")
    assert fresh(case).state == State.DRAFT


def test_taking_back_after_the_window_would_lose_the_proposal(city):
    case = make_case(city, State.ENDORSEMENT)
    city.round.closes_on = timezone.localdate() - timedelta(days=1)
    city.round.save()
    assert "has closed" in refusal(Blocked, case, "recall", city.applicant).reasons[0]


def test_corrected_version_taken_back_opens_the_notice_again_with_its_last_day(city):
    case = returned_and_sent_again(city)
    notice = CorrectionNotice.objects.get()
    assert notice.closed_at
    entered = case.decisions.get(action="return_for_correction").taken_at
    act(case, "recall_correction", city.applicant, "")
    case = fresh(case)
    again = case.open_notice()
    assert (case.state, again.pk, again.due_on) == (State.CORRECTION, notice.pk, notice.due_on)
    assert case.state_since == entered  # the time of the correction goes on, it does not begin anew
    assert again.items.exclude(answer="").count() == 1
    act(case, "resubmit", city.applicant, "")
    case = fresh(case)
    assert (case.state, case.current_version.number) == (State.INTAKE, 3)
    assert case.current_version.edition_id == case.versions.get(number=1).edition_id
    assert list(problems()) == []


def test_corrected_version_is_not_taken_back_into_a_correction_that_has_lapsed(city):
    case = returned_and_sent_again(city)
    CorrectionNotice.objects.update(lapses_on=timezone.localdate() - timedelta(days=1))
    assert "has passed" in refusal(Blocked, case, "recall_correction", city.applicant).reasons[0]
    assert fresh(case).state == State.INTAKE


def test_endorser_takes_the_opinion_back_and_wins_no_time(city):
    case = make_case(city, State.ENDORSEMENT)
    since = fresh(case).state_since
    act(case, "endorse", city.endorser)
    act(case, "recall_endorsement", city.endorser, "")
    case = fresh(case)
    assert (case.state, case.state_since) == (State.ENDORSEMENT, since)
    assert "nothing to take back" not in refusal(Blocked, case, "recall", city.applicant).reasons[0]
    act(case, "endorse", city.endorser)
    act(case, "accept", city.intake)
    refusal(NotOffered, case, "recall_endorsement", city.endorser)


def test_page_says_who_acted_when_it_is_too_late(city):
    case = make_case(city, State.INTAKE)
    assert too_late_to_recall(fresh(case), city.endorser) is None
    assert too_late_to_recall(fresh(case), city.applicant)["reason"].startswith("endorser has already")
    act(case, "accept", city.intake)
    assert too_late_to_recall(fresh(case), city.endorser)["reason"].startswith("intake has already")
    assert too_late_to_recall(fresh(case), city.applicant) is None  # two steps ago


def test_recalled_draft_is_out_of_everybodys_sight_but_the_units(city, client):
    case = make_case(city, State.ENDORSEMENT)
    act(case, "recall", city.applicant, "")
    client.force_login(city.intake)
    assert client.get(f"/projects/{case.ref}/").status_code == 404
    client.force_login(city.applicant)
    assert client.get(f"/projects/{case.ref}/").status_code == 200
    assert Project.objects.get(pk=case.pk).state == State.DRAFT
