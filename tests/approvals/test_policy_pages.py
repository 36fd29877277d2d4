"""The pages of rules: readable values, a change in two steps, confirming, cancelling, what is open, and the log."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from accounts.models import EditRecord
from accounts.services import record_edit
from approvals.rules_in_code import RULES_IN_CODE
from planning.models import PolicyRow
from planning.policy_rows import STARTING_ROWS
from planning.queries import history, policy
from planning.services import change_policy
from projects.states import State
from tests.cast import TEXTS, make_case, make_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(client):
    with translation.override("en"):
        yield make_city()


@pytest.fixture
def manager(city, client):
    """A browser of the manager, in English."""
    client.force_login(city.manager)
    client.cookies["django_language"] = "en"
    return client


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def typed(key, **more):
    """What the form of a key sends, with everything in order."""
    from planning.policy_values import initial, leaves

    row = history(key)[0]
    value = {name: found for name, found in initial(leaves(key, row.value), row.value).items() if found is not None}
    return value | {"valid_from": str(in_days(1)), "source": "纪要〔2026〕3号", "expected": row.pk} | more


def post(client, key, **more):
    return client.post(reverse("policies:change_policy", args=[key]), typed(key, **more))


def text_of(response):
    return response.content.decode()


def test_list_reads_in_words_and_shows_no_code(manager):
    page = text_of(manager.get(reverse("policies:policies")))
    for said in ("Amount tiers", "20 to below 100", "5 working days", "in parallel", "70 %", "shown as a warning"):
        assert said in page
    assert "domain reference" not in page
    assert "{&#x27;" not in page
    assert "None" not in page


@pytest.mark.parametrize("key", STARTING_ROWS)
def test_every_row_has_a_page_and_a_form(manager, key):
    assert manager.get(reverse("policies:policy", args=[key])).status_code == 200
    response = manager.get(reverse("policies:change_policy", args=[key]))
    assert response.status_code == (302 if key == "bands" else 200)


def test_unknown_key_is_not_found(manager):
    assert manager.get(reverse("policies:policy", args=["colour"])).status_code == 404


def test_change_shows_what_it_touches_and_is_made_only_when_confirmed(city, manager):
    make_case(city, State.INTAKE, ref="P901", amount="50.00")
    more = {"value-1-below": 40}
    step = post(manager, "tiers", **more)
    assert "1 open proposal would be touched" in text_of(step)
    assert "P901" in text_of(step)
    assert len(history("tiers")) == 1
    done = post(manager, "tiers", **more, confirm="1")
    assert done["Location"] == reverse("policies:policy", args=["tiers"])
    assert policy("tiers", in_days(1))[1]["below"] == 40
    assert policy("tiers")[1]["below"] == 100


def test_going_back_keeps_what_was_typed(manager):
    page = text_of(post(manager, "reply_days", value="7", note="länger", back="1"))
    assert 'value="7"' in page
    assert "länger" in page
    assert len(history("reply_days")) == 1


def test_the_preview_hands_on_exactly_what_was_typed(manager):
    step = post(manager, "function_points", **{"value-rate": "3.10"})
    fields = {name: value for name, value in step.context["typed"]}
    done = manager.post(reverse("policies:change_policy", args=["function_points"]), fields | {"confirm": "1"})
    assert done.status_code == 302
    before, after = STARTING_ROWS["function_points"][0], history("function_points")[0].value
    assert after == {**before, "rate": "3.10"}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"value-review": "0"}, "value-review"), ({"value-review": "x"}, "value-review"), ({"source": ""}, "source"),
        ({"valid_from": str(in_days(-1))}, "valid_from"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field(manager, more, field):
    response = post(manager, "limits", **more)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_form_of_before_another_change_is_refused_with_the_rest_kept(city, manager):
    seen = history("limits")[0].pk
    change_policy(
        key="limits", value={**policy("limits"), "review": 4}, source="x", note="", valid_from=in_days(0),
        actor=city.manager, expected=seen,
    )  # fmt: skip
    response = post(manager, "limits", **{"value-review": "3"}, expected=seen, confirm="1")
    assert response.status_code == 422
    assert "in between" in text_of(response)
    assert 'value="3"' in text_of(response)
    assert "in between" in text_of(post(manager, "limits", **{"value-review": "3"}, expected=seen))


def test_planned_change_is_shown_and_cancelled(manager):
    post(manager, "limits", **{"value-review": "3"}, confirm="1")
    row = history("limits")[0]
    page = text_of(manager.get(reverse("policies:policy", args=["limits"])))
    cancel = reverse("policies:cancel_policy", args=["limits", row.pk])
    assert cancel in page
    assert "to come" in page
    assert manager.get(cancel).status_code == 200
    manager.post(cancel)
    assert len(history("limits")) == 1
    assert "has begun" in text_of(
        manager.post(reverse("policies:cancel_policy", args=["limits", history("limits")[0].pk]), follow=True)
    )


def test_confirmed_row_leaves_the_list_of_open_ones(manager):
    open_page = reverse("policies:to_confirm")
    confirm = reverse("policies:confirm_policy", args=["reply_days"])
    assert confirm in text_of(manager.get(open_page))
    row = history("reply_days")[0]
    assert manager.post(confirm, {"source": "", "seen": row.source}).status_code == 422
    assert manager.post(confirm, {"source": "云数〔2026〕8号", "seen": row.source}).status_code == 302
    assert confirm not in text_of(manager.get(open_page))
    assert policy("reply_days") == 3


def test_open_rules_are_grouped_and_counted_and_none_is_left_out(manager):
    groups = {group.code: group for group in manager.get(reverse("policies:to_confirm")).context["groups"]}
    marked = [key for key, (_value, source) in STARTING_ROWS.items() if "[" in source]
    assert len(groups["policies"].rows) == len(marked) > 5
    assert len(groups["code"].rows) == len(RULES_IN_CODE)
    assert groups["standards"].rows
    assert groups["items"].rows
    assert groups["policies"].who == "Portfolio manager"
    assert all(row.url for code, group in groups.items() if code != "code" for row in group.rows)


def test_open_rules_as_a_workbook_with_room_for_the_answer(manager):
    response = manager.get(reverse("policies:export_to_confirm"))
    rows = list(load_workbook(BytesIO(response.content)).active.values)
    groups = manager.get(reverse("policies:to_confirm")).context["groups"]
    assert len(rows) == 1 + sum(len(group.rows) for group in groups)
    assert rows[0][6].startswith("Confirmed by")
    assert all(row[0] and row[1] and row[5] for row in rows[1:])


def test_log_shows_each_field_before_and_after_and_is_filtered(city, manager):
    post(manager, "limits", **{"value-review": "3"}, note="faster", confirm="1")
    record_edit(table="planning.Round", key="R9", actor=city.planner, before=None, after={"name": "x"})
    page = manager.get(reverse("policies:changes"))
    texts = [(entry["row"], entry["verb"]) for entry in page.context["entries"]]
    assert texts == [("R9", "made"), ("Working days for each state", "changed")]
    assert {"label": "Parallel unified review", "before": "5 working days", "after": "3 working days"} in (
        page.context["entries"][1]["changes"]
    )
    address = reverse("policies:changes")
    for query, count in {
        "?table=planning.Round": 1, "?who=planner": 1, "?who=nobody": 0, f"?since={in_days(1)}": 0,
        f"?until={in_days(0)}": 2, "?key=limits": 1, "?since=soon": 2,
    }.items():  # fmt: skip
        assert len(manager.get(address + query).context["entries"]) == count, query


@pytest.mark.parametrize("table", ["planning.Round", "planning.Gone", "gone", ""])
def test_log_shows_records_of_any_shape(city, manager, table):
    record_edit(table=table, key="R9", actor=None, before={"P1": 1, "name": [1]}, after={"P1": {"x": 2}, "is_it": True})
    shown = manager.get(reverse("policies:changes")).context["entries"][0]
    assert [(row["before"], row["after"]) for row in shown["changes"]] == [
        ("1", '{"x": 2}'), ("[1]", "–"), ("–", "yes"),
    ]  # fmt: skip


def test_log_says_choices_in_words(city, manager):
    record_edit(table="projects.Project", key="P1", actor=None, before={"kind": "new"}, after={"kind": "om"})
    shown = manager.get(reverse("policies:changes")).context["entries"][0]["changes"]
    assert [(row["before"], row["after"]) for row in shown] == [("New build", "Operation and maintenance")]


def test_start_page_counts_and_leads_to_pages_that_exist(manager):
    page = manager.get(reverse("policies:settings"))
    cards = page.context["cards"]
    assert len(cards) == 9
    assert all(manager.get(card["url"]).status_code == 200 for card in cards)
    assert [card["count"] for card in cards if card["label"] == "Policy rows"] == [len(STARTING_ROWS)]


def test_thresholds_and_synonyms_are_offered_to_who_may_change_them(city, client):
    client.force_login(city.planner)
    urls = [card["url"] for card in client.get(reverse("policies:settings")).context["cards"]]
    assert reverse("approvals:thresholds") not in urls


@pytest.mark.parametrize("name", ["policies:policies", "policies:settings", "policies:changes", "policies:to_confirm"])
def test_pages_cost_the_same_with_many_changes(city, manager, name):
    def counted():
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(reverse(name)).status_code == 200
        return len(queries)

    def add(number):
        record_edit(table="planning.Round", key=f"R{number}", actor=city.planner, before=None, after={"name": "x"})
        begins = in_days(-9000 + number)
        PolicyRow.objects.create(
            key="limits", value=policy("limits"), source="x", valid_from=begins, valid_until=begins
        )

    add(0)
    manager.get(reverse(name))
    before = counted()
    for number in range(1, 20):
        add(number)
    assert counted() == before
    assert EditRecord.objects.count() == 20


def test_preview_names_who_keeps_the_deadline_and_leads_to_the_case(city, manager):
    make_case(city, State.INTAKE, ref="P901", text=TEXTS[2])
    step = post(manager, "limits", **{"value-intake": "1"})
    assert "1 open proposal keeps what it has" in text_of(step)
    assert reverse("approvals:case", args=["P901"]) in text_of(step)
