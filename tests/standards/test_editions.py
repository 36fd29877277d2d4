"""Checklist editions: a draft is a copy, shows what it changes, is published from a day ahead, and then never changes."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.queries import edits_of
from accounts.roles import Role
from standards import edition_queries, editions, queries, services
from standards.errors import StaleEdit
from standards.models import ChecklistEdition, ChecklistItem, PublishedEdition
from standards.snapshots import ITEMS, fingerprint, item_values
from tests.standards.keeping import browser_of, item_of, make_draft, make_keeper, values_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper():
    services.seed()
    return make_keeper()


def change(keeper, draft, code="SE-04", **values):
    """The item of the draft with other values, saved through the service."""
    item = item_of(draft, code)
    seen = fingerprint(item_values(item))
    for name, value in values.items():
        setattr(item, name, value)
    return editions.save_draft_item(actor=keeper, item=item, related=item.related.all(), expected=seen)


def publish(keeper, draft, day=None):
    """The draft, published from today or another day on."""
    seen = edition_queries.draft_fingerprint(draft)
    day = day or timezone.localdate()
    return editions.publish(actor=keeper, edition=draft, effective_on=day, expected=seen)


def test_draft_is_a_copy_and_nobody_is_asked_it(keeper):
    current = queries.edition_in_force()
    draft = make_draft(keeper)
    assert edition_queries.difference(draft) == []
    assert draft.items.count() == 56
    assert item_of(draft, "SE-06").related.count() == 2
    assert queries.edition_in_force() == current
    assert {item.edition_id for item in queries.in_force("standards")} == {current.pk}


def test_a_second_draft_is_refused_because_the_first_would_be_lost(keeper):
    make_draft(keeper)
    with pytest.raises(ValidationError):
        make_draft(keeper, "2028")


def test_difference_names_what_is_added_changed_and_retired(keeper):
    draft = make_draft(keeper)
    change(keeper, draft, condition="mlps_level >= 2 or cii")
    editions.retire_item(actor=keeper, item=item_of(draft, "DO-04"))
    new = item_of(draft, "SC-01")
    new.pk, new.code, new._state.adding = None, "SC-02", True
    editions.save_draft_item(actor=keeper, item=new, related=())
    found = {row.code: row for row in edition_queries.difference(draft)}
    assert {code: row.kind for code, row in found.items()} == {
        "SC-02": "added", "SE-04": "changed", "DO-04": "retired",
    }  # fmt: skip
    [field] = found["SE-04"].fields
    assert (field.name, field.before, field.after) == (
        "condition", "mlps_level >= 3 or cii", "mlps_level >= 2 or cii",
    )  # fmt: skip
    page = browser_of(keeper).get(draft.get_absolute_url())
    assert "mlps_level &gt;= 2 or cii" in page.text
    assert page.context["can_edit"]


def test_retired_and_changed_items_are_put_back(keeper):
    draft = make_draft(keeper)
    editions.retire_item(actor=keeper, item=item_of(draft, "SE-06"))
    change(keeper, draft, question="？")
    for code in ("SE-06", "SE-04"):
        browser_of(keeper).post(reverse("standards:restore_item", args=[draft.pk, code]))
    assert edition_queries.difference(draft) == []
    assert item_of(draft, "SE-06").related.count() == 2


def test_published_edition_takes_over_on_its_day_and_not_before(keeper):
    old, draft = queries.edition_in_force(), make_draft(keeper)
    change(keeper, draft, condition="mlps_level >= 2 or cii")
    ahead = timezone.localdate() + timedelta(days=10)
    publish(keeper, draft, ahead)
    assert queries.edition_in_force() == old
    assert queries.edition_in_force(ahead) == draft
    assert [item.condition for item in queries.in_force("standards", ahead) if item.code == "SE-04"] == [
        "mlps_level >= 2 or cii"
    ]


def test_nothing_is_published_backwards_or_before_its_predecessor(keeper):
    draft = make_draft(keeper)
    change(keeper, draft, question="？")
    with pytest.raises(ValidationError) as refused:
        publish(keeper, draft, timezone.localdate() - timedelta(days=1))
    assert "effective_on" in refused.value.message_dict
    publish(keeper, draft, timezone.localdate() + timedelta(days=10))
    second = make_draft(keeper, "2028")
    assert edition_queries.base_of(second) == draft
    change(keeper, second, question="再问？")
    with pytest.raises(ValidationError):
        publish(keeper, second, timezone.localdate() + timedelta(days=9))


def test_what_is_published_is_what_was_previewed(keeper):
    draft = make_draft(keeper)
    change(keeper, draft, question="一？")
    seen = edition_queries.draft_fingerprint(draft)
    change(keeper, draft, question="二？")
    with pytest.raises(StaleEdit):
        editions.publish(actor=keeper, edition=draft, effective_on=timezone.localdate(), expected=seen)
    draft.refresh_from_db()
    assert draft.is_draft


def test_draft_that_changes_nothing_is_not_published(keeper):
    with pytest.raises(ValidationError):
        publish(keeper, make_draft(keeper))


def test_published_edition_cannot_be_changed_by_service_model_or_page(keeper):
    draft = make_draft(keeper)
    change(keeper, draft, question="一？")
    publish(keeper, draft)
    draft.refresh_from_db()
    item = item_of(draft, "SE-04")
    with pytest.raises(PublishedEdition):
        change(keeper, draft, question="二？")
    for act in (item.save, item.delete, draft.save):
        with pytest.raises(PublishedEdition):
            act()
    for act in (
        lambda: editions.retire_item(actor=keeper, item=item),
        lambda: editions.restore_item(actor=keeper, edition=draft, code="SE-04"),
        lambda: editions.discard_draft(actor=keeper, edition=draft),
        lambda: publish(keeper, draft),
    ):
        with pytest.raises(PublishedEdition):
            act()
    client = browser_of(keeper)
    for name in ("edit_item", "retire_item", "restore_item"):
        assert client.post(reverse(f"standards:{name}", args=[draft.pk, "SE-04"])).status_code == 404
    assert item_of(draft, "SE-04").question == "一？"


def test_discarding_a_draft_leaves_the_published_ones(keeper):
    draft = make_draft(keeper)
    change(keeper, draft, question="一？")
    browser_of(keeper).post(reverse("standards:discard_draft", args=[draft.pk]))
    assert [edition.code for edition in ChecklistEdition.objects.all()] == ["2025"]
    assert ChecklistItem.objects.count() == 56
    assert edits_of(ITEMS, "2027/SE-04").count() == 1


def test_item_form_shows_the_caret_under_the_mistake_and_keeps_what_was_typed(keeper):
    draft, client = make_draft(keeper), browser_of(keeper)
    address = reverse("standards:edit_item", args=[draft.pk, "SE-04"])
    posted = values_of(client.get(address).context["form"])
    page = client.post(address, {**posted, "question": "新问法？", "condition": "mlps_level >= 3 and fo"})
    assert page.context["form"].errors.keys() == {"condition"}
    assert "21" in str(page.context["form"].errors["condition"])
    assert page.context["form"].caret == " " * 20 + "^"
    assert "新问法？" in page.text
    assert item_of(draft, "SE-04").condition == "mlps_level >= 3 or cii"


def test_item_saved_by_the_page_stands_in_the_draft_and_in_its_history(keeper):
    draft, client = make_draft(keeper), browser_of(keeper)
    address = reverse("standards:edit_item", args=[draft.pk, "SE-04"])
    posted = values_of(client.get(address).context["form"])
    answer = client.post(address, {**posted, "condition": "mlps_level >= 2", "reason": "省厅要求"})
    assert answer.status_code == 302
    assert [row.code for row in edition_queries.difference(draft)] == ["SE-04"]
    page = client.get(reverse("standards:edition_item", args=[draft.pk, "SE-04"])).text
    assert "省厅要求" in page
    assert "mlps_level &gt;= 3 or cii → mlps_level &gt;= 2" in page


def test_whoever_was_slower_sees_it_and_decides(keeper):
    draft, client = make_draft(keeper), browser_of(keeper)
    address = reverse("standards:edit_item", args=[draft.pk, "SE-04"])
    posted = values_of(client.get(address).context["form"])
    change(keeper, draft, question="别人改的？")
    page = client.post(address, {**posted, "question": "我改的？"})
    assert page.status_code == 409
    assert item_of(draft, "SE-04").question == "别人改的？"
    assert "我改的？" in page.text
    again = {**posted, "question": "我改的？", "expected": page.context["form"]["expected"].value()}
    assert client.post(address, again).status_code == 302
    assert item_of(draft, "SE-04").question == "我改的？"


@pytest.mark.parametrize(
    ("facts", "meets", "because"),
    [
        ({"try-mlps_level": "3"}, True, "等级保护拟定三级"),
        ({"try-mlps_level": "1", "try-cii": "no"}, False, "等级保护拟定一级；不属于关键信息基础设施"),
        ({}, True, "尚未填报：等级保护级别、是否属于关键信息基础设施"),
    ],
)
def test_condition_is_tried_without_saving(keeper, facts, meets, because):
    draft, client = make_draft(keeper), browser_of(keeper)
    address = reverse("standards:edit_item", args=[draft.pk, "SE-04"])
    posted = values_of(client.get(address).context["form"])
    page = client.post(address, {**posted, "condition": "mlps_level >= 2 or cii", "try": "1", **facts})
    decided = page.context["result"]["decided"]
    assert (decided.applies, decided.because) == (meets, because)
    assert because in page.text
    assert item_of(draft, "SE-04").condition == "mlps_level >= 3 or cii"
    broken = client.post(address, {**posted, "condition": "mlps_level >=", "try": "1"})
    assert broken.context["result"]["caret"] == " " * 13 + "^"


def test_only_the_keepers_of_the_library_change_it(keeper):
    draft = make_draft(keeper)
    other = make_keeper("planner", Role.PLANNER)
    for act in (
        lambda: make_draft(other, "2028"),
        lambda: editions.retire_item(actor=other, item=item_of(draft, "SE-04")),
        lambda: editions.publish(actor=other, edition=draft, effective_on=date(2099, 1, 1), expected=""),
        lambda: editions.discard_draft(actor=other, edition=draft),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert browser_of(other).get(draft.get_absolute_url()).status_code == 200
    assert browser_of(other).get(reverse("standards:edit_item", args=[draft.pk, "SE-04"])).status_code == 403


def test_new_edition_starts_from_the_page(keeper):
    client = browser_of(keeper)
    answer = client.post(reverse("standards:new_edition"), {"code": "2027", "name": "2027版"})
    assert answer.status_code == 302
    assert edition_queries.draft().items.count() == 56
    assert client.post(reverse("standards:new_edition"), {"code": "2025", "name": "x"}).status_code == 200
    listed = client.get(reverse("standards:editions"))
    assert [row.code for row, _label, _badge in listed.context["rows"]] == ["2027", "2025"]
