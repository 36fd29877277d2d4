"""Changing, cancelling and confirming policy rows: what is refused where, and that nothing is retroactive."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from accounts.models import EditRecord
from accounts.roles import ASSIGNABLE, Role
from accounts.sources import readable_source, standing
from planning.models import PolicyRow
from planning.policy_rows import STARTING_ROWS
from planning.policy_schema import RULES, TOPICS
from planning.queries import Timeline, history, policy, policy_row
from planning.services import cancel_policy, change_policy, confirm_policy
from tests.accounts.people import make_department, make_person
from tests.projects.screening_rows import make_policies

pytestmark = pytest.mark.django_db
GOOD = {**STARTING_ROWS["limits"][0], "review": 4}


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def manager():
    """Who may change policy."""
    make_policies()
    return make_person("manager", Role.MANAGER, department=make_department("M01"))


def change(actor, key="limits", value=GOOD, **more):
    """A change with everything in order, but for what is given."""
    facts = {"source": "纪要〔2026〕3号", "note": "", "valid_from": in_days(0), "actor": actor}
    seen = [row.pk for row in history(key)] or [0]
    return change_policy(**facts | {"key": key, "value": value, "expected": seen[0]} | more)


def test_new_value_holds_from_its_day_and_the_old_row_stays_with_a_record(manager):
    change(manager, valid_from=in_days(3), note="提速")
    assert policy("limits")["review"] == 5
    assert policy("limits", in_days(3))["review"] == 4
    new, before = history("limits")
    assert (before.valid_until, before.value["review"]) == (in_days(2), 5)
    record = EditRecord.objects.get(table="planning.PolicyRow", key="limits")
    assert (record.actor, record.before["value"]["review"], record.after["value"]["review"]) == (manager, 5, 4)
    assert record.reason == new.note == "提速"


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        ("tiers", [("T0", 20), ("T1", 20), ("T2", 500), ("T3", None)], "value-1-below"),
        ("tiers", [("T0", 0), ("T1", 20), ("T2", 500), ("T3", None)], "value-0-below"),
        ("tiers", [("T0", 20), ("T1", 30), ("T2", 500), ("T3", 600)], "value"),
        ("expert_quorum", {"T2": 4, "T3": 5}, "value-T2"),
        ("expert_quorum", {"T2": 0}, "value-T2"),
        ("expert_quorum", {"T2": True}, "value-T2"),
        ("expert_quorum", {"T9": 3}, "value"),
        ("expert_panel", {**STARTING_ROWS["expert_panel"][0], "draw": "friends"}, "value-draw"),
        ("expert_panel", {**STARTING_ROWS["expert_panel"][0], "per_employer": 16}, "value-per_employer"),
        ("expert_panel", {**STARTING_ROWS["expert_panel"][0], "fields": {"cost": True}}, "value"),
        ("expert_criteria", [], "value"),
        ("expert_criteria", [{**STARTING_ROWS["expert_criteria"][0][0], "weight": "0.9"}], "value-0-weight"),
        ("expert_criteria", [{**STARTING_ROWS["expert_criteria"][0][0], "weight": "1", "points": 0}], "value-0-points"),
        ("limits", {**GOOD, "review": 0}, "value-review"),
        ("limits", {**GOOD, "review": 60}, "value-review"),
        ("limits", {"review": 4}, "value"),
        ("limits", "5", "value"),
        ("manager_authority", "T9", "value"),
        ("review_order", ["planning"], "value"),
        ("reply_days", 0, "value"),
        ("reply_days", 2.5, "value"),
        ("correction_grace", -1, "value"),
        ("consolidation", {**STARTING_ROWS["consolidation"][0], "min_share": "1.01"}, "value-min_share"),
        ("consolidation", {**STARTING_ROWS["consolidation"][0], "min_share": "NaN"}, "value-min_share"),
        ("carry_over", {**STARTING_ROWS["carry_over"][0], "commitments": {"mode": "maybe"}}, "value-commitments-mode"),
        ("function_points", {**STARTING_ROWS["function_points"][0], "rate": "-1"}, "value-rate"),
        ("function_points", {**STARTING_ROWS["function_points"][0], "tolerance": "30"}, "value-tolerance"),
    ],
)
def test_wrong_number_is_named_at_its_field_and_nothing_is_written(manager, key, value, field):
    if key == "tiers":
        value = [{"code": code, "below": below} for code, below in value]
    with pytest.raises(ValidationError) as refusal:
        change(manager, key, value)
    assert list(refusal.value.message_dict) == [field]
    assert len(history(key)) == 1
    assert not EditRecord.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"source": "  "}, "source"), ({"valid_from": in_days(-1)}, "valid_from")],
)
def test_a_change_needs_a_document_and_a_day_that_has_not_passed(manager, wrong, field):
    with pytest.raises(ValidationError) as refusal:
        change(manager, **wrong)
    assert list(refusal.value.message_dict) == [field]


def test_second_change_of_a_day_would_erase_the_first(manager):
    change(manager)
    with pytest.raises(ValidationError) as refusal:
        change(manager, value={**GOOD, "review": 3})
    assert list(refusal.value.message_dict) == ["valid_from"]


def test_form_shown_before_another_change_is_refused(manager):
    seen = history("limits")[0].pk
    change(manager)
    with pytest.raises(ValidationError, match="in between"):
        change(manager, value={**GOOD, "review": 3}, valid_from=in_days(1), expected=seen)


def test_same_value_is_no_change(manager):
    with pytest.raises(ValidationError, match="Nothing is different"):
        change(manager, value=policy("limits"))


@pytest.mark.parametrize("key", ["bands", "colour"])
def test_other_keys_are_not_changed_here(manager, key):
    with pytest.raises(KeyError):
        change(manager, key, {}, expected=1)


@pytest.mark.parametrize("role", [role for role in ASSIGNABLE if role is not Role.MANAGER])
def test_only_the_manager_changes_cancels_and_confirms(manager, role):
    other, row = make_person(role.value, role, department=make_department("M02")), policy_row("limits")
    for act in (
        lambda: change(other),
        lambda: cancel_policy(pk=row.pk, actor=other),
        lambda: confirm_policy(pk=row.pk, source="x", seen=row.source, actor=other),
    ):
        with pytest.raises(PermissionDenied):
            act()


# --- cancelling -------------------------------------------------------------------------------------------------------


def test_change_that_has_not_begun_can_be_cancelled_and_the_record_stays(manager):
    row = change(manager, valid_from=in_days(5))
    kept = cancel_policy(pk=row.pk, actor=manager)
    assert (kept.valid_until, policy("limits", in_days(400))["review"]) == (None, 5)
    last = EditRecord.objects.first()
    assert (last.reason, last.after, last.before["value"]["review"]) == ("cancelled", None, 4)


def test_row_that_has_begun_is_not_cancelled(manager):
    row = change(manager)
    with pytest.raises(ValidationError, match="has begun"):
        cancel_policy(pk=row.pk, actor=manager)


def test_planned_changes_are_cancelled_from_the_last_one(manager):
    first = change(manager, valid_from=in_days(5))
    last = change(manager, value={**GOOD, "review": 3}, valid_from=in_days(9))
    with pytest.raises(ValidationError, match="later change"):
        cancel_policy(pk=first.pk, actor=manager)
    cancel_policy(pk=last.pk, actor=manager)
    cancel_policy(pk=first.pk, actor=manager)
    assert len(history("limits")) == 1


# --- confirming -------------------------------------------------------------------------------------------------------


def test_confirming_names_the_document_and_leaves_value_and_days(manager):
    before = policy_row("limits")
    confirm_policy(pk=before.pk, source=" 云数〔2026〕8号 ", seen=before.source, actor=manager)
    after = policy_row("limits")
    assert (after.pk, after.value, after.valid_from, after.source) == (
        before.pk, before.value, before.valid_from, "云数〔2026〕8号",
    )  # fmt: skip
    assert standing(after.source) == "document"
    record = EditRecord.objects.get()
    assert (record.reason, record.before["source"], record.after["source"]) == (
        "confirmed",
        before.source,
        after.source,
    )


@pytest.mark.parametrize("text", ["", "  ", "[proposed] still", "[from memory] x"])
def test_what_names_no_document_does_not_confirm(manager, text):
    row = policy_row("limits")
    with pytest.raises(ValidationError) as refusal:
        confirm_policy(pk=row.pk, source=text, seen=row.source, actor=manager)
    assert list(refusal.value.message_dict) == ["source"]


def test_confirming_what_was_confirmed_meanwhile_is_refused(manager):
    row = policy_row("limits")
    confirm_policy(pk=row.pk, source="云数〔2026〕8号", seen=row.source, actor=manager)
    with pytest.raises(ValidationError, match="in between"):
        confirm_policy(pk=row.pk, source="云数〔2026〕9号", seen=row.source, actor=manager)


# --- reading ----------------------------------------------------------------------------------------------------------


def test_timeline_gives_every_day_its_row_with_one_query(manager, django_assert_num_queries):
    change(manager, valid_from=in_days(3))
    with django_assert_num_queries(1):
        timeline = Timeline("limits")
        found = [timeline.on(day)["review"] for day in (date(2021, 1, 1), in_days(2), in_days(3), in_days(900))]
    assert found == [5, 5, 4, 4]


def test_every_key_has_words_and_a_source_that_fits(manager):
    assert set(STARTING_ROWS) == set(RULES)
    for key, (_value, source) in STARTING_ROWS.items():
        assert RULES[key].topic in TOPICS
        assert RULES[key].label
        assert len(source) <= PolicyRow._meta.get_field("source").max_length
        assert "domain reference" not in source


def test_migration_knew_every_starting_source_that_it_rewrites():
    from importlib import import_module

    rewritten = import_module("planning.migrations.0003_policy_sources").SOURCES
    assert all(STARTING_ROWS[key][1] == new for key, (_old, new) in rewritten.items())


@pytest.mark.parametrize(
    ("stored", "language", "shown", "kind"),
    [
        ("domain reference §5.3, S52, S21", "en", "GB/T 39786-2021", "document"),
        ("domain reference §5.1, S1", "zh-hans", "《广州市政务信息化项目管理办法》", "document"),
        ("domain reference §5.3, M-hi", "en", "from memory", "memory"),
        ("domain reference §5.3, M-hi, M-med", "en", "from memory, uncertain", "memory"),
        ("domain reference §5.2", "en", "proposed by the product", "proposed"),
        ("M-hi, S61", "en", "keeping the records", "memory"),
        ("云数〔2026〕8号, 第三条", "en", "云数〔2026〕8号, 第三条", "document"),
    ],
)
def test_sources_are_shown_as_documents(stored, language, shown, kind):
    with translation.override(language):
        assert shown in readable_source(stored)
        assert "domain reference" not in readable_source(stored)
    assert standing(stored) == kind


def test_every_source_mark_in_the_shipped_data_has_a_document():
    import json
    import re
    from pathlib import Path

    from django.conf import settings

    from accounts.sources import DOCUMENTS

    used = set()
    for path in (Path(settings.BASE_DIR) / "standards" / "data").glob("*.json"):
        for row in json.loads(path.read_text("utf-8")):
            used |= set(re.findall(r"\bS\d+\b", row["source"]))
    assert used
    assert used <= set(DOCUMENTS)
