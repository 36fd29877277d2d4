"""Every event has its words in both languages, made from codes and days alone."""

import re

import pytest
from django.utils.translation import override

from accounts.models import Department, User
from approvals.reviews import REVIEW_STEPS
from approvals.workflow import WORKFLOW
from notifications import recipients
from notifications.messages import MESSAGES, Payload
from notifications.models import Notification
from notifications.names import Event
from notifications.rendering import mail_of, shown, text_of
from projects.models import Project
from projects.states import State

CHINESE = re.compile(r"[一-鿿]")
PAYLOAD = Payload(
    action="file",
    state="filed",
    due_on="2026-12-01",
    target_project="P31",
    merged_project="P44",
    need="N2027-001",
    mode="own",
    person="zhou",
    until="2026-12-11",
    meeting="2026-07",
)


def make_notice(event, *, title="Health records", language="", payload=None) -> Notification:
    """A notice that was never stored, about a project with an English title."""
    unit = Department(code="U03", name="Hospital")
    project = Project(ref="P901", title=title, department=unit)
    payload = PAYLOAD.stored() if payload is None else payload
    return Notification(pk=7, event=event, payload=payload, project=project, recipient=User(language=language))


def test_table_lists_every_event():
    assert set(MESSAGES) == set(Event)


@pytest.mark.parametrize("event", Event)
def test_message_speaks_both_languages(event):
    with override("en"):
        english = text_of(make_notice(event))
    with override("zh-hans"):
        chinese = text_of(make_notice(event))
    for text in (english.subject, english.body):
        assert text
        assert not CHINESE.search(text)
    for text in (chinese.subject, chinese.body):
        assert CHINESE.search(text)
    about = {Event.NEED_DECIDED: "N2027-001", Event.SUBSTITUTE: "zhou"}.get(event, "P901 Health records")
    for text in (english, chinese):
        assert about in text.subject
        assert "%(" not in text.subject + text.body


def test_mail_is_in_the_language_of_the_recipient(settings):
    settings.SITE_URL = "https://tc.yunhai.invalid/"
    with override("en"):
        chinese = mail_of(make_notice("approved"))
    with override("zh-hans"):
        english = mail_of(make_notice("approved", language="en"))
    assert english.subject == "Approved: P901 Health records"
    assert CHINESE.search(chinese.subject)
    for mail in (english, chinese):
        assert "https://tc.yunhai.invalid/notifications/7/" in mail.body
        assert len(mail.body.splitlines()) == 5  # short: a demonstration prints it
    assert settings.SITE_CITY["en"] in english.body
    assert settings.SITE_CITY["zh"] in chinese.body


def test_line_break_in_a_title_stays_out_of_the_headers():
    text = text_of(make_notice("approved", title="Health\r\nBcc: all@yunhai.invalid 100%(x)s"))
    assert "\n" not in text.subject
    assert "\r" not in text.subject
    assert "100%(x)s" in text.subject


@pytest.mark.parametrize(("event", "payload"), [("unknown", {}), ("approved", {"surprise": 1})])
def test_row_that_no_message_fits_is_refused_for_mail_and_named_in_a_list(event, payload):
    notice = make_notice(event, payload=payload)
    with pytest.raises((ValueError, TypeError)):
        text_of(notice)
    assert shown(notice).subject


def test_payload_keeps_what_is_there():
    assert Payload(due_on="2026-12-01").stored() == {"due_on": "2026-12-01"}
    assert Payload.read(PAYLOAD.stored()) == PAYLOAD


def test_every_arrival_of_the_workflow_is_told_or_silent_on_purpose():
    told = {*recipients.DUTY, *recipients.UNIT, State.REVIEW, State.EXPERT_REVIEW}
    arrivals = {step.target for step in WORKFLOW if step.source != step.target}
    assert arrivals - told == {State.SCREENING}  # nobody's duty while the engine works
    staying = {step.action for step in WORKFLOW if step.source == step.target}
    told_where_it_is = {*recipients.HANDED, *recipients.WAIVERS, *recipients.STANDSTILL, *recipients.DRAWS, "extend"}
    assert staying - told_where_it_is == {"rescreen", "adjudicate"}
    actions = {step.action for step in (*WORKFLOW, *REVIEW_STEPS)}
    assert {*recipients.UNIT_BY_ACTION, *recipients.HANDED, *recipients.WAIVERS} <= actions
