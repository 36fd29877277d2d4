"""The unit is told how its need is met: with the decision, in its language, by a notice that leads to the need."""

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from notifications.models import Notification
from planning.models import Need
from planning.services.need_errors import NeedRefused
from planning.services.need_pool import Ruling
from projects.services.needs import decide_needs, start_proposal
from tests.planning.asking import make_call, make_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(city):
    return make_need(city.applicant, make_call())


def decide(city, need, mode="later", **more):
    revision = Need.objects.get(pk=need.pk).revision
    return decide_needs(actor=city.planner, expected={need.code: revision}, ruling=Ruling(mode, "统筹安排", **more))


def test_the_unit_is_told_and_led_to_the_need(city, need, settings):
    settings.LANGUAGE_CODE = "en"
    decide(city, need)
    notice = Notification.objects.get()
    assert (notice.recipient, notice.event) == (city.applicant, "need_decided")
    browser = Client()
    browser.force_login(city.applicant)
    assert f"{need.code} is decided: Put off" in browser.get("/notifications/").content.decode()
    assert browser.get(f"/notifications/{notice.pk}/").url == f"/needs/{need.code}/"


def test_units_whose_needs_were_merged_hear_too(city, need):
    other = make_need(city.applicant2, need.call)
    decide(city, other, "", same_as=need)
    assert not Notification.objects.exists()  # nothing is decided yet
    decide(city, need)
    told = Notification.objects.values_list("recipient__username", "payload__need")
    assert set(told) == {("applicant", need.code), ("applicant2", other.code)}


def test_it_is_mailed(city, need, django_capture_on_commit_callbacks):
    User.objects.filter(pk=city.applicant.pk).update(email="lin@yunhai.invalid")
    with django_capture_on_commit_callbacks(execute=True):
        decide(city, need)
    assert need.code in mail.outbox[0].subject


def test_a_decision_that_was_refused_tells_nobody(city, need):
    decide(city, need, "own")
    start_proposal(
        actor=city.applicant, codes=[need.code], round=city.round, title="x", declared_unclassified=True
    )  # fmt: skip
    Notification.objects.all().delete()
    with pytest.raises(NeedRefused):
        decide(city, need, "refused")
    assert not Notification.objects.exists()
