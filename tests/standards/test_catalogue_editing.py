"""The catalogue in its own pages: entered, changed, superseded, confirmed; each change is kept with its reason."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.queries import edits_of
from accounts.roles import Role
from standards import editing, queries, services
from standards.errors import StaleEdit
from standards.models import ChecklistItem, Standard
from standards.snapshots import STANDARDS, fingerprint, standard_values
from tests.standards.keeping import browser_of, make_draft, make_keeper, values_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper():
    services.seed()
    return make_keeper()


def seen(standard):
    """The fingerprint of what is stored now."""
    return fingerprint(standard_values(standard))


def test_standard_is_entered_and_changed_with_a_history(keeper):
    client = browser_of(keeper)
    new = {"number": "GB/T 1-2026", "title": "新标准", "status": "in_force", "source": "公告2026年第1号"}
    assert client.post(reverse("standards:new_standard"), new).status_code == 302
    standard = Standard.objects.get(number="GB/T 1-2026")
    address = reverse("standards:edit_standard", args=[standard.pk])
    posted = values_of(client.get(address).context["form"])
    client.post(address, {**posted, "title": "改名的标准", "reason": "勘误"})
    page = client.get(standard.get_absolute_url()).text
    assert "新标准 → 改名的标准" in page
    assert "勘误" in page
    assert [edit.before is None for edit in edits_of(STANDARDS, "GB/T 1-2026")] == [False, True]


def test_errors_stand_at_their_fields_and_nothing_is_written(keeper):
    page = browser_of(keeper).post(
        reverse("standards:new_standard"),
        {"number": "GB/T 22239-2019", "title": "x", "status": "in_force", "source": "x", "valid_from": "2026-02-01",
         "valid_until": "2026-01-01"},
    )  # fmt: skip
    assert page.context["form"].errors.keys() == {"number", "valid_until"}
    assert Standard.objects.count() == 67


def test_number_stays_so_that_the_history_keeps_its_key(keeper):
    standard, client = Standard.objects.get(number="GB/T 22239-2019"), browser_of(keeper)
    address = reverse("standards:edit_standard", args=[standard.pk])
    posted = values_of(client.get(address).context["form"])
    client.post(address, {**posted, "number": "GB/T 99"})
    assert not Standard.objects.filter(number="GB/T 99").exists()


def test_slower_editor_overwrites_nobody(keeper):
    standard, client = Standard.objects.get(number="GB/T 22239-2019"), browser_of(keeper)
    address = reverse("standards:edit_standard", args=[standard.pk])
    posted = values_of(client.get(address).context["form"])
    Standard.objects.filter(pk=standard.pk).update(edition="别人改的")
    page = client.post(address, {**posted, "edition": "我改的"})
    assert page.status_code == 409
    assert "我改的" in page.text
    standard.refresh_from_db()
    assert standard.edition == "别人改的"


def test_superseding_moves_no_item(keeper):
    old, new = (Standard.objects.get(number=number) for number in ("GB/T 22240-2020", "GB/T 22239-2019"))
    before = list(ChecklistItem.objects.values())
    editing.supersede(
        actor=keeper, standard=old, successor=new, last_day=date(2026, 6, 30), expected=seen(old), reason="修订"
    )
    old.refresh_from_db()
    assert (old.status, old.superseded_by, old.valid_until) == ("superseded", new, date(2026, 6, 30))
    assert list(ChecklistItem.objects.values()) == before
    edit = edits_of(STANDARDS, "GB/T 22240-2020").get()
    assert (edit.before["superseded_by"], edit.after["superseded_by"]) == (None, "GB/T 22239-2019")


def test_standards_do_not_supersede_each_other_in_a_circle(keeper):
    first, second = (Standard.objects.get(number=number) for number in ("GB/T 22240-2020", "GB/T 22239-2019"))
    editing.supersede(actor=keeper, standard=first, successor=second, last_day=None, expected=seen(first))
    with pytest.raises(ValidationError) as refused:
        editing.supersede(actor=keeper, standard=second, successor=first, last_day=None, expected=seen(second))
    assert "successor" in refused.value.message_dict


def test_source_of_a_standard_and_of_a_published_item_is_confirmed(keeper):
    standard = Standard.objects.get(number="GB/T 22239-2019")
    item = ChecklistItem.objects.get(code="SE-02")
    client = browser_of(keeper)
    assert client.get(standard.get_absolute_url()).context["confirm"]
    client.post(reverse("standards:confirm_standard", args=[standard.pk]), {"source": "全国标准信息公共服务平台"})
    client.post(
        reverse("standards:confirm_item", args=[item.edition_id, item.code]), {"source": "标准文本 2026-01 查阅"}
    )
    standard.refresh_from_db()
    item.refresh_from_db()
    assert (standard.source, item.source) == ("全国标准信息公共服务平台", "标准文本 2026-01 查阅")
    assert edits_of("standards.ChecklistItem", "2025/SE-02").get().after["source"] == "标准文本 2026-01 查阅"
    assert client.get(standard.get_absolute_url()).context["confirm"] is None


@pytest.mark.parametrize("source", ["", "M-hi", "domain reference §5.3, M-med", "[from memory] x", "[proposed] y"])
def test_memory_does_not_confirm_memory(keeper, source):
    item = ChecklistItem.objects.get(code="SE-02")
    with pytest.raises(ValidationError) as refused:
        editing.confirm(item, keeper, source)
    assert "source" in refused.value.message_dict
    answer = browser_of(keeper).post(
        reverse("standards:confirm_item", args=[item.edition_id, item.code]), {"source": source}
    )
    assert answer.status_code == 422


def test_list_of_what_is_to_be_confirmed_shrinks_with_each_confirmation(keeper, django_assert_num_queries):
    with django_assert_num_queries(2):
        listed = queries.to_confirm()
    codes = [row.code for row in listed]
    assert {"GB/T 22239-2019", "SE-01", "IN-05"} <= set(codes)
    assert not {"GB/T 39786-2021", "SE-04"} & set(codes)
    assert all(row.uncertain and row.label and row.url for row in listed)
    editing.confirm(ChecklistItem.objects.get(code="SE-01"), keeper, "标准文本")
    assert len(queries.to_confirm()) == len(listed) - 1
    make_draft(keeper)
    assert len(queries.to_confirm()) == len(listed) - 1


def test_loading_the_shipped_library_again_keeps_what_was_changed_on_the_pages(keeper):
    standard = Standard.objects.get(number="GB/T 22239-2019")
    editing.confirm(standard, keeper, "标准文本")
    editing.confirm(ChecklistItem.objects.get(code="SE-02"), keeper, "标准文本")
    counts = services.seed()
    assert (counts.created, counts.updated) == (0, 0)
    standard.refresh_from_db()
    assert standard.source == ChecklistItem.objects.get(code="SE-02").source == "标准文本"


def test_others_change_nothing(keeper):
    other = make_keeper("manager", Role.MANAGER)
    standard = Standard.objects.get(number="GB/T 22239-2019")
    for act in (
        lambda: editing.save_standard(actor=other, standard=standard, expected=seen(standard)),
        lambda: editing.confirm(standard, other, "标准文本"),
        lambda: editing.supersede(
            actor=other, standard=standard, successor=standard, last_day=None, expected=seen(standard)
        ),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_stale_fingerprint_is_refused_by_the_service(keeper):
    standard = Standard.objects.get(number="GB/T 22239-2019")
    with pytest.raises(StaleEdit):
        editing.save_standard(actor=keeper, standard=standard, expected="0")
