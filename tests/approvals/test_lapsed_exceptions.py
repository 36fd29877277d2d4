"""An exception whose last day has passed is open again, everywhere at once, until it is decided anew."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals import adjudication_board as board
from approvals import guards
from approvals.errors import Blocked
from approvals.models import Case
from projects import queries as projects
from projects.models import Finding
from projects.services import reply_to_finding
from projects.states import Adjudication, State
from tests.approvals.acting import act, fresh
from tests.cast import duplicate_text, make_case

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def exempt(city):
    """A case before the decision because its one finding was exempted."""
    case = make_case(city, State.ADJUDICATION, text=duplicate_text(city))
    for finding in fresh(case).open_findings():
        reply_to_finding(finding_id=finding.pk, actor=city.applicant, reply="explain", text="对象不同")
        entry = {"decision": "exception", "reason_code": "emergency", "expires_on": TODAY() + timedelta(days=1)}
        act(case, "adjudicate", city.manager, findings=[finding.pk], **entry)
    assert fresh(case).state == State.DECISION
    return case


def ends(case, days):
    """Let the exceptions of a case end that many days from today."""
    Finding.objects.filter(project=case.pk).update(expires_on=TODAY() + timedelta(days=days))


@pytest.mark.parametrize(("days", "is_open"), [(1, False), (0, False), (-1, True)])
def test_board_case_and_guards_agree(city, exempt, days, is_open):
    ends(exempt, days)
    case = fresh(exempt)
    assert list(board.open_findings()) == projects.open_findings(case) == case.open_findings()
    assert bool(case.open_findings()) is is_open
    assert bool(case.undecided_findings()) is is_open
    assert bool(guards.no_open_findings(case)) is is_open


def test_expired_exception_stops_the_approval(city, exempt):
    ends(exempt, -1)
    with pytest.raises(Blocked, match="1"):
        act(exempt, "approve", city.approver, comment="同意", approved_amount=Decimal(50))
    ends(exempt, 0)
    act(exempt, "approve", city.approver, comment="同意", approved_amount=Decimal(50))
    assert fresh(exempt).state == State.APPROVED


@pytest.fixture
def expired(city):
    """A case that is still being adjudicated, with an exception that has ended."""
    case = make_case(city, State.ADJUDICATION, text=duplicate_text(city))
    facts = {"decision": Adjudication.EXCEPTION, "reason_code": "emergency", "decided_by": city.manager}
    facts |= {"decided_at": timezone.now(), "expires_on": TODAY() - timedelta(days=1), "reply": "explain"}
    facts |= {"replied_by": city.applicant, "replied_at": timezone.now(), "reply_text": "对象不同"}
    Finding.objects.filter(project=case.pk, band__in=["red", "amber"]).update(**facts)
    return case


def browser(user):
    """A browser of that person, in English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def test_it_is_decided_anew(city, expired):
    finding = fresh(expired).open_findings()[0]
    address = reverse("approvals:adjudicate", args=[expired.ref, finding.pk])
    page = browser(city.manager).get(address)
    assert 'name="decision"' in page.content.decode()
    assert finding in board.adjudicable()
    sent = {"decision": "not_duplicate", "comment": "复核后对象不同", "expected_version": fresh(expired).seq}
    assert browser(city.manager).post(address, sent).status_code == 302
    finding.refresh_from_db()
    assert (finding.decision, finding.expires_on) == (Adjudication.NOT_DUPLICATE, None)
    assert fresh(expired).open_findings() == []


def test_unit_may_answer_again_and_everybody_sees_that_it_expired(city, expired):
    finding = fresh(expired).open_findings()[0]
    reply_to_finding(finding_id=finding.pk, actor=city.applicant, reply="reuse")
    finding.refresh_from_db()
    assert finding.reply == "reuse"
    pages = {name: browser(city.manager).get(reverse(f"approvals:{name}")) for name in ("duplicates", "exceptions")}
    rows = pages["duplicates"].context["page"].object_list
    assert [row.pk for row in rows] == [finding.pk]
    assert pages["duplicates"].context["figures"]["count"] == 1
    assert pages["exceptions"].context["page"].object_list[0].expiry == "over"
    assert Case.objects.get(pk=expired.pk).reply_until() is None
