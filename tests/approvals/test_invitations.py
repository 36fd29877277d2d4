"""One question to an outside expert: sight of the proposal while it is open, and an answer for very few eyes."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from approvals.errors import Blocked, NotOffered
from approvals.invitation_queries import may_be_invited
from approvals.invitation_services import answer, decline, invite, revoke
from approvals.models import ExpertProfile, Invitation
from approvals.queries import history, inbox, readable_reviews
from notifications.models import Notification
from projects.queries import reachable
from projects.states import State
from tests.approvals.acting import act, fresh
from tests.cast import make_case, person

pytestmark = pytest.mark.django_db
QUESTION, ANSWER = "算力够不够用？", "不够，须扩容一倍，此语保密"


@pytest.fixture
def case(city):
    return make_case(city, State.REVIEW)


@pytest.fixture
def guest(city):
    """An expert who sits nowhere."""
    found = person("guest", Role.EXPERT, city.school)
    ExpertProfile.objects.create(user=found, employer="外", fields=["ai"])
    return found


@pytest.fixture
def asked(city, case, guest):
    return ask(case, city.requirements, guest)


def ask(case, actor, expert, **more):
    return invite(case_id=case.pk, actor=actor, expert=expert, question=QUESTION, wants_yes_no=True, **more)


def sees(user, case):
    """Whether the user may know of the case, by the query and by the page."""
    browser = Client()
    browser.force_login(user)
    page = browser.get(reverse("approvals:case", args=[case.ref])).status_code == 200
    assert reachable(user).filter(pk=case.pk).exists() == page
    return page


def test_expert_sees_the_proposal_only_while_the_question_is_open(city, case, guest, asked):
    assert sees(guest, case)
    assert inbox(guest).filter(pk=case.pk).exists()
    answer(invitation_id=asked.pk, actor=guest, text=ANSWER, says_yes=False)
    assert not sees(guest, case)
    assert not inbox(guest).filter(pk=case.pk).exists()


@pytest.mark.parametrize("end", ["decline", "revoke", "withdraw"])
def test_sight_ends_at_once(city, case, guest, asked, end):
    if end == "decline":
        decline(invitation_id=asked.pk, actor=guest, reason="不熟悉")
    elif end == "revoke":
        revoke(invitation_id=asked.pk, actor=city.requirements)
    else:
        act(case, "withdraw", city.applicant)
    assert not sees(guest, case)
    browser = Client()
    browser.force_login(guest)
    assert browser.get(reverse("approvals:invitation", args=[case.ref, asked.pk])).status_code == 404
    with pytest.raises(Blocked):
        answer(invitation_id=asked.pk, actor=guest, text=ANSWER, says_yes=True)


def test_one_open_invitation_does_not_open_another_case(city, case, guest, asked):
    other = make_case(city, State.REVIEW, ref="P902", text="图书借阅登记")
    second = ask(other, city.planner, guest)
    revoke(invitation_id=second.pk, actor=city.planner)
    assert (sees(guest, case), sees(guest, other)) == (True, False)


def test_guest_reads_nothing_of_the_handling(case, guest, asked):
    assert history(fresh(case), guest) == []
    assert readable_reviews(fresh(case), guest) == []


def test_answer_is_for_the_inviter_the_manager_and_the_auditor(city, case, guest, asked):
    answer(invitation_id=asked.pk, actor=guest, text=ANSWER, says_yes=False)
    page = reverse("approvals:invitation", args=[case.ref, asked.pk])
    pages = [page, reverse("approvals:case", args=[case.ref]), reverse("approvals:print", args=[case.ref])]
    for name, reads in [
        ("requirements", True), ("manager", True), ("auditor", True), ("guest", True), ("planner", False),
        ("standards", False), ("intake", False), ("approver", False), ("applicant", False), ("endorser", False),
        ("expert1", False), ("finance", False),
    ]:  # fmt: skip
        browser = Client()
        browser.force_login(guest if name == "guest" else getattr(city, name))
        assert (browser.get(page).status_code == 200) is reads, name
        leaks = [url for url in pages if ANSWER in browser.get(url).content.decode() or
                 (not reads and QUESTION in browser.get(url).content.decode())]  # fmt: skip
        assert leaks == ([page] if reads else []), name
    told = Notification.objects.filter(event="invitation_answered").values_list("recipient__username", flat=True)
    assert set(told) == {"requirements", "manager"}


def test_answered_is_frozen(city, guest, asked):
    answer(invitation_id=asked.pk, actor=guest, text=ANSWER, says_yes=True)
    for call in (lambda: revoke(invitation_id=asked.pk, actor=city.requirements),
                 lambda: answer(invitation_id=asked.pk, actor=guest, text="改", says_yes=False),
                 lambda: decline(invitation_id=asked.pk, actor=guest, reason="不")):  # fmt: skip
        with pytest.raises(Blocked):
            call()
    assert Invitation.objects.get().answer == ANSWER


def test_only_the_invited_answers_and_only_the_asker_or_manager_revokes(city, guest, asked):
    with pytest.raises(NotOffered):
        answer(invitation_id=asked.pk, actor=city.expert1, text="x", says_yes=True)
    for other in (city.planner, city.approver, guest):
        with pytest.raises(NotOffered):
            revoke(invitation_id=asked.pk, actor=other)
    revoke(invitation_id=asked.pk, actor=city.manager)


def test_answer_must_be_whole(guest, asked):
    with pytest.raises(ValidationError) as refused:
        answer(invitation_id=asked.pk, actor=guest, text=" ")
    assert set(refused.value.message_dict) == {"answer", "says_yes"}


def test_who_may_ask_and_be_asked(city, case, guest, asked):
    assert guest not in may_be_invited(fresh(case))  # asked already
    assert ask(case, city.requirements, city.expert1) == ask(case, city.requirements, city.expert1)
    for actor, expert, error in [
        (city.intake, city.experts[1], PermissionDenied),
        (city.approver, city.experts[1], PermissionDenied),
        (city.manager, city.planner, ValidationError),  # no expert
    ]:
        with pytest.raises(error):
            ask(case, actor, expert)
    with pytest.raises(ValidationError):
        ask(case, city.manager, city.experts[1], due_on=timezone.localdate() - timedelta(days=1))


def test_seated_experts_are_not_asked(city):
    case = make_case(city, State.EXPERT_REVIEW, amount="150", ref="P905")
    with pytest.raises(ValidationError):
        ask(case, city.manager, city.expert1)
