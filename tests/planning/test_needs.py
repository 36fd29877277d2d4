"""A need from draft to filing and back, in and outside the window, by whom, and under which number."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections
from django.utils.translation import override

from accounts.queries import edits_of
from planning import need_queries as queries
from planning.models import Need
from planning.services import need_calls, needs
from planning.services.need_errors import NeedRefused, NeedStale
from planning.services.need_pool import Ruling, record_ruling
from tests.planning.asking import FACTS, close, make_call, make_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(city):
    return make_call()


def decided(city, need, mode="later", **more):
    need.refresh_from_db()
    record_ruling(actor=city.planner, expected={need.code: need.revision}, ruling=Ruling(mode, "统筹安排", **more))
    need.refresh_from_db()
    return need


# --- drafts ---------------------------------------------------------------------------------------------------------
def test_a_draft_may_have_gaps_and_is_kept_after_the_window(city, call):
    draft = needs.create_need(actor=city.applicant, department=city.hospital, call=call, data={"title": "冷链"})
    close(call)
    saved = needs.save_need(actor=city.applicant, need_id=draft.pk, data={"problem": "抄表"}, expected=0)
    assert (saved.status, saved.problem, saved.revision) == ("draft", "抄表", 1)


def test_two_windows_on_one_draft_do_not_overwrite_each_other(city, call):
    draft = make_need(city.applicant, call, filed=False)
    needs.save_need(actor=city.applicant, need_id=draft.pk, data={"problem": "甲"}, expected=0)
    with pytest.raises(NeedStale):
        needs.save_need(actor=city.applicant, need_id=draft.pk, data={"problem": "乙"}, expected=0)
    assert Need.objects.get().problem == "甲"


def test_nobody_begins_a_need_in_a_closed_call(city):
    with override("en"), pytest.raises(ValidationError, match="closed"):
        make_need(city.applicant, make_call("OLD", opens=-40, closes=-1))


# --- filing ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", list(queries.REQUIRED))
def test_what_is_missing_is_said_at_its_field(city, call, name):
    draft = make_need(city.applicant, call, filed=False)
    Need.objects.update(**{name: " "})
    with pytest.raises(ValidationError) as error:
        needs.file_need(actor=city.applicant, need_id=draft.pk, expected=None)
    assert list(error.value.message_dict) == [name]
    assert Need.objects.get().status == "draft"


@pytest.mark.parametrize(("opens", "closes"), [(-30, -1), (1, 30)])
def test_filing_outside_the_window_is_refused_with_the_days(city, call, opens, closes):
    draft = make_need(city.applicant, call, filed=False)
    other = make_call("OUT", opens=opens, closes=closes)
    Need.objects.update(call=other)
    with pytest.raises(NeedRefused, match=str(other.opens_on)):
        needs.file_need(actor=city.applicant, need_id=draft.pk, expected=None)


@pytest.mark.parametrize(("opens", "closes"), [(0, 5), (-5, 0)])
def test_first_and_last_day_count(city, opens, closes):
    assert make_need(city.applicant, make_call("DAY", opens=opens, closes=closes)).status == "filed"


def test_a_filed_need_is_edited_within_the_window_and_never_to_a_gap(city, call):
    need = make_need(city.applicant, call)
    needs.save_need(actor=city.applicant, need_id=need.pk, data={"users": "70 家"}, expected=None)
    with pytest.raises(ValidationError):
        needs.save_need(actor=city.applicant, need_id=need.pk, data={"users": ""}, expected=None)
    close(call)
    with pytest.raises(NeedRefused):
        needs.save_need(actor=city.applicant, need_id=need.pk, data={"users": "80 家"}, expected=None)
    assert Need.objects.get().users == "70 家"
    newest = edits_of("planning.Need", need.code).first()
    assert (newest.before["users"], newest.after["users"]) == ("接种单位 60 家", "70 家")


def test_withdrawn_until_decided(city, call):
    first, second = make_need(city.applicant, call), make_need(city.applicant, call)
    assert needs.withdraw_need(actor=city.applicant, need_id=first.pk).status == "withdrawn"
    decided(city, second)
    with pytest.raises(NeedRefused):
        needs.withdraw_need(actor=city.applicant, need_id=second.pk)


# --- who ------------------------------------------------------------------------------------------------------------
def test_another_unit_neither_writes_files_nor_withdraws(city, call):
    need = make_need(city.applicant, call, filed=False)
    acts = (
        lambda: needs.save_need(actor=city.applicant2, need_id=need.pk, data={"title": "x"}, expected=None),
        lambda: needs.file_need(actor=city.applicant2, need_id=need.pk, expected=None),
        lambda: needs.withdraw_need(actor=city.applicant2, need_id=need.pk),
        lambda: needs.create_need(actor=city.applicant2, department=city.hospital, call=call, data=FACTS),
    )
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()


def test_who_sees_which_needs(city, call):
    draft, filed = make_need(city.applicant, call, filed=False), make_need(city.applicant, call)
    seen = {
        name: set(queries.visible_to(getattr(city, name)))
        for name in ("applicant", "applicant2", "endorser", "planner")
    }
    assert seen == {"applicant": {draft, filed}, "applicant2": set(), "endorser": {filed}, "planner": {filed}}
    decided(city, filed, "own", lead=city.water)
    assert set(queries.visible_to(city.applicant2)) == {filed}  # whoever builds reads what is needed


# --- numbers --------------------------------------------------------------------------------------------------------
def test_numbers_count_within_the_year(city, call):
    codes = [make_need(city.applicant, call).code for _number in range(2)]
    codes.append(make_need(city.applicant, make_call("XR", year=2028)).code)
    Need.objects.create(code="N2027-x", call=call, department=city.water, title="x", created_by=city.applicant)
    codes.append(make_need(city.applicant2, make_call("XS")).code)
    assert codes == ["N2027-001", "N2027-002", "N2028-001", "N2027-003"]


def test_a_number_that_was_taken_meanwhile_is_not_given_twice(city, call, monkeypatch):
    make_need(city.applicant, call)
    numbers = iter(["N2027-001", "N2027-001", "N2027-002"])
    monkeypatch.setattr(needs, "next_code", lambda _call: next(numbers))
    assert make_need(city.applicant, call).code == "N2027-002"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_units_that_write_at_the_same_instant_get_numbers_of_their_own(city):
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads do not share an SQLite database in memory")
    call, start = make_call(), threading.Barrier(4)

    def write(actor):
        start.wait(20)
        try:
            make_need(actor, call, filed=False)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=[city.applicant]) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Need.objects.values_list("code", flat=True)) == [f"N2027-00{n}" for n in (1, 2, 3, 4)]


# --- coming back ----------------------------------------------------------------------------------------------------
def test_what_was_put_off_comes_back_once_and_points_to_where_it_came_from(city, call):
    old = decided(city, make_need(city.applicant, call))
    close(call)
    following = make_call("NEXT", year=2028)
    assert list(queries.carryable(city.applicant)) == [old]
    new = needs.carry_over(actor=city.applicant, need_id=old.pk, call=following)
    assert (new.code, new.status, new.carried_from, new.wanted) == ("N2028-001", "filed", old, old.wanted)
    assert list(queries.carryable(city.applicant)) == []
    with pytest.raises(NeedRefused, match="N2028-001"):
        needs.carry_over(actor=city.applicant, need_id=old.pk, call=following)


def test_only_what_was_put_off_comes_back(city, call):
    refused = decided(city, make_need(city.applicant, call), "refused")
    with pytest.raises(NeedRefused):
        needs.carry_over(actor=city.applicant, need_id=refused.pk, call=call)


def test_the_newest_call_comes_first_with_what_is_in_its_pool(city, call):
    newer = make_call("NEW", opens=-1)
    make_need(city.applicant, call), make_need(city.applicant, call, filed=False)
    assert [(row, row.filed) for row in queries.calls()] == [(newer, 0), (call, 1)]


# --- calls ----------------------------------------------------------------------------------------------------------
def values(call, **more):
    return {name: getattr(call, name) for name in need_calls.FIELDS} | more


def test_a_call_is_changed_with_history_and_what_was_filed_stays(city, call):
    need = make_need(city.applicant, call)
    data = values(call, closes_on=call.opens_on)
    need_calls.save_call(actor=city.planner, code=call.code, data=data, expected=0)
    assert edits_of("planning.NeedCall", call.code).get().after["closes_on"] == str(call.opens_on)
    need.refresh_from_db()
    assert need.status == "filed"
    with pytest.raises(NeedStale):
        need_calls.save_call(actor=city.planner, code=call.code, data=values(call), expected=0)


def test_a_call_is_kept_by_planners_and_makes_sense(city, call):
    with pytest.raises(PermissionDenied):
        need_calls.save_call(actor=city.requirements, code="N", data=values(call))
    with pytest.raises(ValidationError, match="closes"):
        need_calls.save_call(
            actor=city.planner, code="N", data=values(call, closes_on=call.opens_on.replace(year=2000))
        )
    with pytest.raises(ValidationError):
        need_calls.save_call(actor=city.planner, code=call.code, data=values(call))
