"""The office groups, orders and decides needs; nobody else does, and nobody overwrites another."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.queries import edits_of
from planning import need_queries as queries
from planning.models import Need
from planning.services import need_pool as pool
from planning.services.need_errors import NeedRefused, NeedStale
from planning.services.need_pool import Ruling
from tests.planning.asking import make_call, make_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(city):
    return make_call()


@pytest.fixture
def three(city, call):
    return [make_need(actor, call) for actor in (city.applicant, city.applicant2, city.applicant)]


def codes(needs):
    return [need.code for need in needs]


def rule(city, needs, mode="own", reason="自建", **more):
    expected = dict(Need.objects.filter(pk__in=[need.pk for need in needs]).values_list("code", "revision"))
    return pool.record_ruling(actor=city.requirements, expected=expected, ruling=Ruling(mode, reason, **more))


def test_groups_and_numbers_make_the_order_of_the_pool(city, call, three):
    first, second, third = three
    late = pool.save_group(actor=city.planner, call=call, title="后", position=2)
    early = pool.save_group(actor=city.planner, call=call, title="先", position=1)
    assert list(queries.groups(call)) == [early, late]
    pool.put_into(actor=city.planner, codes=[first.code], group=late)
    pool.put_into(actor=city.planner, codes=codes([second, third]), group=early)
    pool.reorder(actor=city.planner, positions={third.code: (None, 1), second.code: (None, 2)})
    assert list(queries.pool_for(city.planner)) == [third, second, first]
    pool.put_into(actor=city.planner, codes=[first.code], group=None)
    assert queries.narrow(queries.pool_for(city.planner), group="none").get() == first


def test_two_who_order_at_the_same_time(city, three):
    code = three[0].code
    pool.reorder(actor=city.planner, positions={code: (None, 1)})
    with pytest.raises(NeedStale):
        pool.reorder(actor=city.requirements, positions={code: (None, 2)})
    assert Need.objects.get(code=code).position == 1


def test_a_group_is_renamed_on_the_newest_state_and_dissolved_without_its_needs(city, call, three):
    group = pool.save_group(actor=city.planner, call=call, title="甲", position=1)
    pool.put_into(actor=city.planner, codes=codes(three), group=group)
    pool.save_group(actor=city.planner, call=call, title="乙", position=1, pk=group.pk, expected=1)
    with pytest.raises(NeedStale):
        pool.save_group(actor=city.planner, call=call, title="丙", position=1, pk=group.pk, expected=1)
    pool.remove_group(actor=city.planner, pk=group.pk)
    assert Need.objects.filter(group=None).count() == 3
    assert edits_of("planning.NeedGroup", str(group.pk)).first().before["title"] == "乙"


def test_a_group_takes_needs_of_its_call_alone(city, three):
    group = pool.save_group(actor=city.planner, call=make_call("OTHER"), title="x", position=1)
    with pytest.raises(NeedRefused):
        pool.put_into(actor=city.planner, codes=codes(three), group=group)


def test_units_and_others_of_the_office_neither_group_order_nor_decide(city, call, three):
    for name in ("applicant", "endorser", "manager", "standards", "auditor"):
        actor = getattr(city, name)
        for act in (
            lambda actor=actor: pool.save_group(actor=actor, call=call, title="x", position=1),
            lambda actor=actor: pool.put_into(actor=actor, codes=codes(three), group=None),
            lambda actor=actor: pool.reorder(actor=actor, positions={three[0].code: (None, 1)}),
            lambda actor=actor: pool.record_ruling(actor=actor, expected={three[0].code: 1}, ruling=Ruling("own", "x")),
        ):
            with pytest.raises(PermissionDenied):
                act()


# --- decisions ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("mode", ["own", "upgrade", "service", "unified", "reuse", "later", "refused"])
def test_each_mode_with_what_it_needs(city, three, mode):
    more = {"target": "S900"} if mode in {"upgrade", "reuse"} else {}
    more |= {"lead": city.office} if mode == "unified" else {}
    rule(city, three[:1], mode, "理由", **more)
    need = Need.objects.select_related("lead").get(pk=three[0].pk)
    wanted = {"unified": city.office, "own": city.hospital, "upgrade": city.hospital, "service": city.hospital}
    assert (need.status, need.mode, need.lead) == ("decided", mode, wanted.get(mode))
    assert (need.reason, need.decided_by) == ("理由", city.requirements)


@pytest.mark.parametrize(
    ("mode", "more", "field"),
    [
        ("", {}, "mode"), ("xxx", {}, "mode"), ("unified", {}, "lead"), ("upgrade", {}, "target"), ("reuse", {}, "target"),
        ("own", {"target": "S900"}, "target"), ("own", {"reason": " "}, "reason"),
    ],
)  # fmt: skip
def test_a_decision_that_says_too_little_or_too_much(city, three, mode, more, field):
    with pytest.raises(ValidationError) as error:
        rule(city, three[:1], mode, **more)
    assert list(error.value.message_dict) == [field]
    assert Need.objects.get(pk=three[0].pk).status == "filed"


def test_nobody_builds_what_is_refused(city, three):
    with pytest.raises(ValidationError) as error:
        rule(city, three[:1], "refused", lead=city.office)
    assert list(error.value.message_dict) == ["lead"]


def test_a_batch_is_decided_whole_or_not_at_all(city, three):
    expected = {need.code: need.revision for need in three}
    rule(city, three[2:], "refused", "先定")
    with pytest.raises(NeedStale):
        pool.record_ruling(actor=city.planner, expected=expected, ruling=Ruling("own", "自建"))
    assert list(Need.objects.order_by("code").values_list("mode", flat=True)) == ["", "", "refused"]


def test_a_change_keeps_what_was_decided_before(city, three):
    rule(city, three[:1], "own", "自建")
    rule(city, three[:1], "refused", "已有平台")
    newest = edits_of("planning.Need", three[0].code).first()
    assert (newest.before["mode"], newest.after["mode"], newest.reason) == ("own", "refused", "已有平台")
    assert newest.actor == city.requirements


# --- duplicates -----------------------------------------------------------------------------------------------------
def test_a_merged_need_shares_the_decision_before_and_after(city, three):
    main, early, late = three
    rule(city, [early], "", "同一需求", same_as=main)
    assert Need.objects.get(pk=early.pk).status == "filed"
    rule(city, [main], "unified", "统建", lead=city.office)
    rule(city, [late], "", "同一需求", same_as=main)
    rows = Need.objects.order_by("code").values_list("mode", "lead__code", "same_as__code")
    assert list(rows) == [("unified", "M01", None), ("unified", "M01", main.code), ("unified", "M01", main.code)]
    rule(city, three, "own", "各自建设", lead=city.office)  # the whole group: the merged ones stay merged
    assert set(Need.objects.values_list("mode", "same_as__code")) == {("own", None), ("own", main.code)}
    rule(city, [late], "refused", "不再合并")
    assert Need.objects.get(pk=late.pk).same_as is None


def test_merging_goes_to_one_need_and_not_in_circles(city, three):
    main, early, late = three
    rule(city, [early], "", "同", same_as=main)
    rule(city, [late], "", "同", same_as=early)
    assert Need.objects.get(pk=late.pk).same_as == main
    for need, other in ((main, early), (main, late), (main, main)):
        with pytest.raises(ValidationError):
            rule(city, [need], "", "同", same_as=other)


def test_a_need_of_another_call_is_no_duplicate(city, three):
    other = make_need(city.applicant, make_call("OTHER"))
    with pytest.raises(ValidationError):
        rule(city, three[:1], "", "同", same_as=other)
