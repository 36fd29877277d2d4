"""Plan items: the tree, the yearly envelopes, withdrawal, what may be cited, and commitments."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import override

from accounts.queries import edits_of
from planning import services
from planning.models import PlanEnvelope, PlanItem
from planning.plan_queries import item_facts, mark, narrowed, tree
from planning.queries import plan_items
from planning.services.plan import TABLE

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year


def save(city, envelopes=None, item=None, reason="调整", **more):
    facts = {"code": "GH1", "title": "任务", "level": "city", "year_from": YEAR, "year_to": YEAR + 1, "source": "规划"}
    if item:
        facts = {name: getattr(item, name) for name in (*facts, "parent", "department", "envelope")}
    seen = mark(item_facts(item)) if item else ""
    change = services.save_item(
        actor=city.planner, values={**facts, **more}, envelopes=envelopes or {}, item_id=item.pk if item else None,
        expected=seen, reason=reason,
    )  # fmt: skip
    return PlanItem.objects.get(pk=change.key) if change.key else PlanItem.objects.get(code=change.after["code"])


def refused(call, *args, **more):
    with override("en"), pytest.raises(ValidationError) as caught:
        call(*args, **more)
    with override("en"):
        return caught.value.message_dict if hasattr(caught.value, "error_dict") else caught.value.messages


def test_item_with_its_envelopes_and_history(city):
    item = save(city, {YEAR: Decimal(100), YEAR + 1: None}, department=city.water)
    assert list(item.envelopes.values_list("year", "amount")) == [(YEAR, Decimal(100))]
    save(city, {YEAR: Decimal(80), YEAR + 1: Decimal(30)}, item)
    last = edits_of(TABLE, "GH1").first()
    assert last.before["envelopes"] == {str(YEAR): "100.00"}
    assert last.after["envelopes"] == {str(YEAR): "80.00", str(YEAR + 1): "30.00"}
    assert (last.actor, last.reason) == (city.planner, "调整")


def test_what_contradicts_itself_is_refused_by_field(city):
    assert list(refused(save, city, year_to=YEAR - 1)) == ["year_to"]
    assert list(refused(save, city, {YEAR + 2: Decimal(1)})) == [str(YEAR + 2)]
    assert list(refused(save, city, {YEAR: Decimal(-1)})) == [str(YEAR)]
    assert list(refused(save, city, {YEAR: Decimal(60), YEAR + 1: Decimal(50)}, envelope=Decimal(100))) == ["envelope"]
    assert list(refused(save, city, code="new")) == ["code"]
    assert not PlanItem.objects.exists()


def test_no_item_stands_below_itself(city):
    top = save(city)
    middle = save(city, code="GH2", parent=top)
    leaf = save(city, code="GH3", parent=middle)
    assert list(refused(save, city, item=top, parent=leaf)) == ["parent"]
    assert list(refused(save, city, item=top, parent=top)) == ["parent"]
    assert [(item.code, depth) for item, depth in tree(PlanItem.objects.all())] == [("GH1", 0), ("GH2", 1), ("GH3", 2)]
    assert [(item.code, depth) for item, depth in tree([leaf])] == [("GH3", 0)]


def test_a_year_that_is_over_keeps_its_envelope(city):
    item = save(city, year_from=YEAR - 1)
    PlanEnvelope.objects.create(item=item, year=YEAR - 1, amount=50)
    assert list(refused(save, city, {YEAR - 1: Decimal(60)}, item)) == [str(YEAR - 1)]
    save(city, {YEAR - 1: Decimal(50), YEAR: Decimal(10)}, item)


def test_two_planners_do_not_overwrite_each_other(city):
    item = save(city)
    facts = {"actor": city.planner, "item_id": item.pk, "values": {"title": "别的"}, "envelopes": {}, "reason": "x"}
    seen = mark(item_facts(item))
    save(city, item=item, title="新名")
    assert "changed in between" in refused(services.save_item, **facts, expected=seen)[0]
    assert PlanItem.objects.get().title == "新名"


def test_withdrawn_items_and_other_years_cannot_be_cited(city):
    item, other = save(city), save(city, code="GH2", year_from=YEAR + 3, year_to=YEAR + 4)
    assert list(plan_items(YEAR, YEAR + 2)) == [item]
    assert list(plan_items(YEAR + 4)) == [other]
    day, seen = timezone.localdate() + timedelta(days=2), mark(item_facts(item))
    with pytest.raises(PermissionDenied):
        services.withdraw_item(actor=city.manager, item_id=item.pk, on=day, expected=seen, reason="并入")
    early = day - timedelta(days=3)
    with pytest.raises(ValidationError):
        services.withdraw_item(actor=city.planner, item_id=item.pk, on=early, expected=seen, reason="并入")
    services.withdraw_item(actor=city.planner, item_id=item.pk, on=day, expected=seen, reason="并入")
    assert list(plan_items(YEAR)) == [item]
    assert list(plan_items(YEAR, on=day)) == []


def test_a_withdrawal_is_taken_back_until_its_day(city):
    item, day = save(city), timezone.localdate()
    ahead, common = day + timedelta(days=9), {"actor": city.planner, "item_id": item.pk, "reason": "x"}
    services.withdraw_item(**common, on=ahead, expected=mark(item_facts(item)))
    item.refresh_from_db()
    services.withdraw_item(**common, on=None, expected=mark(item_facts(item)))
    item.refresh_from_db()
    services.withdraw_item(**common, on=day, expected=mark(item_facts(item)))
    item.refresh_from_db()
    assert list(refused(services.withdraw_item, **common, on=None, expected=mark(item_facts(item)))) == ["on"]


def test_filters_of_the_list(city):
    one, two = save(city, department=city.water), save(city, code="BM2", level="department", title="排水")
    assert narrowed(q="gh1") == [one.pk]
    assert narrowed(q="排水 规划") == [two.pk]
    assert narrowed(level="department") == [two.pk]
    assert narrowed(owner=city.water) == [one.pk]
    assert sorted(narrowed(year=YEAR)) == [one.pk, two.pk]
    assert narrowed(year=YEAR + 5) == []


def test_commitments_are_opened_and_closed_on_the_record(city):
    day = timezone.localdate()
    facts = {"department": city.water, "text": "并入云海办", "due_on": day, "source": "台账"}
    row = services.add_commitment(actor=city.planner, **facts)
    later = {"commitment_id": row.pk, "done_on": day + timedelta(days=1), "reason": "已上线"}
    assert list(refused(services.close_commitment, actor=city.planner, **later)) == ["done_on"]
    services.close_commitment(actor=city.planner, **{**later, "done_on": day})
    assert edits_of("planning.IntegrationCommitment", str(row.pk)).count() == 2
    with pytest.raises(PermissionDenied):
        services.add_commitment(actor=city.manager, **facts)
