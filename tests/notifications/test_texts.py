"""The site's own words: only what a notice carries can be named, a preview shows them, and nothing brings a list down."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.models import EditRecord
from notifications import editing, settings_page
from notifications.messages import MESSAGES, Text
from notifications.models import MessageText, Notification
from notifications.names import Event
from notifications.rendering import mail_of, shown, text_of, words_for
from notifications.variables import EXPLAINED, usual, variables_of
from tests.notifications.making import make_draft, make_notices

pytestmark = pytest.mark.django_db
GOOD = {"subject": "请受理 {project}", "body": "{unit}已提交。"}


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_products_own_words_could_be_saved(event, language):
    """The typed payload knows every variable that the product itself uses, and each has its explanation."""
    own = usual(event, language)
    assert editing.text_problems(event, subject=own.subject, body=own.body) == {}
    assert set(variables_of(event)) <= set(EXPLAINED)


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ({"subject": "{projekt} {project}"}, "subject", "{projekt}"),
        ({"body": "until {due_on}"}, "body", "{due_on}"),  # an intake check carries no day
        ({"subject": "x", "body": "y"}, "body", "{project}"),  # nobody would know which
        ({"body": "a { b"}, "body", "{name}"),
        ({"body": "{project.title}"}, "body", "{name}"),
        ({"body": "%(x)s {unit!r}"}, "body", "{name}"),
        ({"subject": "{project}\nBcc: all@yunhai.invalid"}, "subject", ""),
    ],
)
def test_unknown_or_missing_variable_fails_at_save_and_is_named(city, text, field, said):
    with pytest.raises(ValidationError) as caught:
        editing.save_text(city.sysadmin, Event.TO_CHECK, "zh-hans", **{**GOOD, **text})
    assert list(caught.value.message_dict) == [field]
    assert said in " ".join(caught.value.message_dict[field])
    assert not MessageText.objects.exists()


def test_day_may_not_be_lost():
    assert "body" in editing.text_problems(Event.TO_CORRECT, subject="{project}", body="x")
    assert editing.text_problems(Event.TO_CORRECT, subject="{project} {due_on}", body="x") == {}


def test_own_words_are_used_in_lists_and_mails_of_their_language_and_kept_in_the_log(city):
    editing.save_text(city.sysadmin, Event.TO_CHECK, "zh-hans", **GOOD)
    (notice,) = make_notices(city.intake, make_draft(city), event="to_check", role="act")
    words = words_for([notice])
    with override("zh-hans"):
        assert text_of(notice, words) == Text("请受理 P800 孕产妇建档", "市妇幼保健院已提交。")
        assert mail_of(notice, words).subject == "请受理 P800 孕产妇建档"
    with override("en"):
        assert shown(notice, words).subject.startswith("For intake check: ")
    editing.restore_text(city.sysadmin, Event.TO_CHECK, "zh-hans")
    with override("zh-hans"):
        assert "请受理" not in shown(notice, words_for([notice])).subject
    first, last = EditRecord.objects.filter(table="notifications.MessageText").order_by("pk")
    assert (first.before, first.after, last.after) == (None, GOOD, None)
    assert last.actor == city.sysadmin


def test_saving_the_products_words_keeps_no_row(city):
    own = usual(Event.TO_CHECK, "en")
    editing.save_text(city.sysadmin, Event.TO_CHECK, "en", subject=own.subject, body=own.body)
    assert not MessageText.objects.exists()


def test_only_who_keeps_settings_may(city):
    for act in (lambda: editing.save_text(city.manager, Event.TO_CHECK, "en", **GOOD),
                lambda: editing.restore_text(city.manager, Event.TO_CHECK, "en")):  # fmt: skip
        with pytest.raises(PermissionDenied):
            act()


def test_words_that_no_longer_fit_fall_back_to_the_products(city):
    """A release that drops a variable must not bring mails down."""
    MessageText.objects.create(event="to_check", language="en", subject="{gone}", body="x", changed_by=city.sysadmin)
    (notice,) = make_notices(city.intake, make_draft(city), event="to_check", role="act")
    with override("en"):
        assert text_of(notice, words_for([notice])).subject == "For intake check: P800 孕产妇建档"


def test_value_that_looks_like_a_variable_stays_as_it_is(city):
    (notice,) = make_notices(city.intake, make_draft(city, title="{unit} {0} %(x)s"), event="to_check")
    with override("en"):
        assert shown(notice).subject == "For intake check: P800 {unit} {0} %(x)s"


# --- people ----------------------------------------------------------------------------------------------------------


def test_person_is_named_in_the_readers_language_and_looked_up_once(city):
    type(city.manager).objects.filter(pk=city.manager.pk).update(name="王敏", name_en="Wang Min")
    rows = make_notices(city.intake, make_draft(city), 20, event="urged", payload={"person": "manager"})
    make_notices(city.intake, rows[0].project, event="urged", payload={"person": "gone"})
    make_notices(city.intake, rows[0].project, event="urged")
    notices = list(Notification.objects.select_related("project__department").order_by("pk"))
    with CaptureQueriesContext(connection) as queries:
        words = words_for(notices)
        with override("en"):
            english = [shown(notice, words).subject for notice in notices]
        with override("zh-hans"):
            chinese = [shown(notice, words).subject for notice in notices]
    assert len(queries) == 2
    assert english[0] == "Reminder by Wang Min: P800 孕产妇建档"
    assert "gone" in english[20]
    assert "office in charge" in english[21]
    assert "王敏" in chinese[0]


@pytest.mark.parametrize("event", Event)
def test_nothing_is_empty_where_a_notice_carries_nothing(event):
    notice = Notification(event=event, role=MESSAGES[event].role)
    with override("en"):
        text = shown(notice)
    assert text.subject
    assert "{" not in text.subject + text.body


# --- the pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", Event)
def test_preview_fills_every_variable(event):
    for language in ("zh-hans", "en"):
        page = settings_page.text_page(event, language, usual(event, language))
        assert "—" not in page["preview"].subject
        assert all(row["example"] for row in page["variables"])


def test_page_previews_saves_refuses_and_goes_back(city, client):
    client.force_login(city.sysadmin)
    page = "/notifications/texts/to_check/zh-hans/"
    answer = client.post(page, {**GOOD, "preview": "1"})
    assert answer.context["preview"].subject == "请受理 P000 示例项目" or "P000" in answer.context["preview"].subject
    assert not MessageText.objects.exists()
    answer = client.post(page, {**GOOD, "subject": "{projct}"})
    assert answer.status_code == 422
    assert "{projct}" in answer.context["form"].errors["subject"][0]
    assert answer.context["form"].data["body"] == GOOD["body"]  # nothing typed is lost
    assert client.post(page, GOOD).status_code == 302
    assert MessageText.objects.get().subject == GOOD["subject"]
    assert "请受理" in client.get("/notifications/texts/").text
    client.post(page, {"restore": "1"})
    assert not MessageText.objects.exists()


@pytest.mark.parametrize("address", ["nothing/en/", "to_check/xx/"])
def test_text_of_nothing_is_not_found(city, client, address):
    client.force_login(city.sysadmin)
    assert client.get(f"/notifications/texts/{address}").status_code == 404
