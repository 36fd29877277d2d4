"""The outbox is written in the transaction of the decision, once per person, and rings once after it."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from approvals.errors import Blocked
from approvals.models import Decision
from approvals.services import perform
from approvals.signals import step_taken
from notifications import services
from notifications.models import Notification
from notifications.queries import outbox_age
from projects.models import Project
from projects.states import State
from tests.cast import make_case, person
from tests.notifications.making import give_mail, let_time_pass, make_draft, make_notices


def endorse(city, case):
    return perform(case_id=case.pk, action="endorse", actor=city.endorser, comment="同意")


def test_notices_and_decision_come_and_go_together(city):
    case = make_case(city, State.ENDORSEMENT)
    written = []

    def fail(**_kwargs):
        written.append(Notification.objects.filter(event="to_check").count())
        raise RuntimeError("after the notices")

    step_taken.connect(fail, weak=False)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            endorse(city, case)
    finally:
        step_taken.disconnect(fail)
    assert written == [1]  # it was there, in the same transaction
    assert not Notification.objects.filter(event="to_check").exists()
    assert not Decision.objects.filter(action="endorse").exists()


def test_notices_that_cannot_be_written_undo_the_decision(city, monkeypatch):
    case = make_case(city, State.ENDORSEMENT)
    monkeypatch.setattr(services, "tellings", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        endorse(city, case)
    assert Project.objects.get(pk=case.pk).state == State.ENDORSEMENT
    assert not Decision.objects.filter(action="endorse").exists()


def test_refused_step_tells_nobody(city):
    case = make_case(city, State.ENDORSEMENT)
    before = Notification.objects.count()
    with pytest.raises(Blocked):
        perform(case_id=case.pk, action="endorse", actor=city.endorser, comment=" ")
    assert Notification.objects.count() == before


def test_one_event_of_one_decision_reaches_a_person_once(city):
    make_case(city, State.INTAKE)
    notice = Notification.objects.get(event="to_check")
    twin = {"recipient": notice.recipient, "decision": notice.decision, "project": notice.project, "role": "act"}
    Notification.objects.create(event="approved", **twin)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.create(event="to_check", **twin)


def test_person_without_address_is_not_in_the_outbox(city):
    make_case(city, State.INTAKE)
    assert Notification.objects.get(event="to_check").delivered_at is not None
    assert services.deliver_due() == 0


def test_step_asks_the_same_few_questions_for_one_reader_and_for_many(city):
    """One statement for the people, one for their notices, and one that finds no channel."""
    counted, _loaded = [], city.endorser.mandates
    for ref, more in (("P901", 0), ("P902", 15)):
        for number in range(more):
            give_mail(person(f"intake{number}", Role.INTAKE, city.office))
        case = make_case(city, State.ENDORSEMENT, ref=ref)
        with CaptureQueriesContext(connection) as queries:
            decision = endorse(city, case)
        counted.append(len(queries))
        assert decision.notifications.count() == more + 1
        assert sum("notifications_" in query["sql"] for query in queries) == 2
    assert counted[0] == counted[1]


def test_doorbell_rings_once_per_transaction_and_only_for_mail(city, django_capture_on_commit_callbacks):
    first, second = (make_case(city, State.ENDORSEMENT, ref=ref) for ref in ("P901", "P902"))
    with django_capture_on_commit_callbacks() as calls:
        endorse(city, first)
    assert calls == []
    give_mail(city.intake)
    Notification.objects.all().delete()
    third = make_case(city, State.ENDORSEMENT, ref="P903")
    with django_capture_on_commit_callbacks() as calls:
        endorse(city, second)
        endorse(city, third)
    assert len(calls) == 1


def test_without_a_broker_the_commit_mails(city, django_capture_on_commit_callbacks, mailoutbox):
    give_mail(city.intake)
    case = make_case(city, State.ENDORSEMENT)
    with django_capture_on_commit_callbacks(execute=True):
        endorse(city, case)
        assert mailoutbox == []
    assert [mail.to for mail in mailoutbox] == [["intake@yunhai.invalid"]]
    assert Notification.objects.get(event="to_check").delivered_at is not None


@pytest.mark.postgres
def test_age_of_the_outbox_is_that_of_the_most_overdue_notice(city):
    assert outbox_age() is None
    project = make_draft(city)
    make_notices(city.intake, project)
    assert outbox_age() < 5
    let_time_pass(400)
    make_notices(city.intake, project)
    assert 395 < outbox_age() < 410
    let_time_pass(-1000)  # all of them pause
    assert outbox_age() is None
