"""The calendar of rounds and late filings: the order of the days, nothing retroactive, every exception on the record."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import override

from accounts.queries import edits_of
from planning import services
from planning.models import LateFiling, Round
from planning.plan_queries import mark, round_facts, rounds_with_leave
from planning.queries import late_filing
from planning.services.rounds import TABLE

pytestmark = pytest.mark.django_db


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


def values(**more):
    """A round of next month with its whole calendar."""
    days = {"announced_on": today(10), "opens_on": today(30), "closes_on": today(60), "endorse_by": today(75)}
    days |= {"review_by": today(90), "decide_by": today(120)}
    return {"code": "R9", "name": "批次", "name_en": "", "year": today().year, "note": "", **days, **more}


def present(city):
    return Round.objects.get(pk=city.round.pk)


def change(city, **more):
    """Change the open round of the city."""
    row = present(city)
    names = ("code", "name", "name_en", "year", "note", "announced_on", "opens_on", "closes_on", "endorse_by")
    facts = {name: getattr(row, name) for name in (*names, "review_by", "decide_by")} | more
    seen = mark(round_facts(row))
    return services.save_round(actor=city.planner, round_id=row.pk, values=facts, expected=seen, reason="会议决定")


def refused(call, *args, **more):
    with override("en"), pytest.raises(ValidationError) as caught:
        call(*args, **more)
    with override("en"):
        return caught.value.message_dict if hasattr(caught.value, "error_dict") else caught.value.messages


def test_round_is_made_with_its_history(city):
    made = services.save_round(actor=city.planner, values=values())
    assert Round.objects.get(pk=made.key).decide_by == today(120)
    edit = edits_of(TABLE, "R9").get()
    assert (edit.actor, edit.before, edit.after["closes_on"]) == (city.planner, None, today(60).isoformat())


@pytest.mark.parametrize(
    ("name", "day"),
    [("opens_on", 9), ("closes_on", 29), ("endorse_by", 59), ("review_by", 74), ("decide_by", 89)],
)
def test_each_day_comes_after_the_one_before(city, name, day):
    assert list(refused(services.save_round, actor=city.planner, values=values(**{name: today(day)}))) == [name]
    services.save_round(actor=city.planner, values=values(**{name: today(day + 1)}))


def test_a_day_that_is_not_fixed_is_passed_over(city):
    services.save_round(actor=city.planner, values=values(announced_on=None, endorse_by=None))
    assert "review_by" in refused(
        services.save_round, actor=city.planner, values=values(code="R8", endorse_by=None, review_by=today(59))
    )


def test_dry_run_and_others_write_nothing(city):
    services.save_round(actor=city.planner, values=values(), dry_run=True)
    with pytest.raises(PermissionDenied):
        services.save_round(actor=city.manager, values=values())
    assert not Round.objects.filter(code="R9").exists()


def test_nothing_is_changed_backwards(city):
    assert list(refused(change, city, opens_on=today(-30))) == ["opens_on"]
    assert list(refused(change, city, opens_on=today(1))) == ["opens_on"]
    assert list(refused(change, city, closes_on=today(-1))) == ["closes_on"]
    assert list(refused(change, city, year=2020)) == ["year"]
    change(city, closes_on=today(5))
    assert present(city).closes_on == today(5)


def test_a_closed_round_is_only_passed_by_leave(city):
    Round.objects.filter(pk=city.round.pk).update(closes_on=today(-1))
    assert "late filing" in refused(change, city, closes_on=today(5))["closes_on"][0]
    Round.objects.filter(pk=city.round.pk).update(review_by=today(-1))
    assert list(refused(change, city, decide_by=today(-1), review_by=None)) == ["decide_by"]
    change(city, review_by=today(9), decide_by=today(9))


def test_change_asks_for_a_reason_and_the_row_that_was_seen(city):
    row = present(city)
    facts = values(code=row.code, opens_on=row.opens_on, closes_on=row.closes_on, announced_on=None)
    common = {"actor": city.planner, "round_id": row.pk, "values": facts}
    assert list(refused(services.save_round, **common, expected=mark(round_facts(row)))) == ["reason"]
    change(city, note="先到先审")
    assert (
        "changed in between" in refused(services.save_round, **common, expected=mark(round_facts(row)), reason="x")[0]
    )


# --- late filing ----------------------------------------------------------------------------------------------------
@pytest.fixture
def closed(city):
    """The round closed yesterday."""
    Round.objects.filter(pk=city.round.pk).update(closes_on=today(-1))
    return present(city)


def grant(city, row, **more):
    facts = {"department": city.hospital, "until": today(3), "reason": "机构调整", "basis": "批示〔2026〕1号", **more}
    return services.grant_late_filing(actor=city.planner, round_id=row.pk, **facts)


def test_leave_is_for_one_unit_and_those_below_until_a_day(city, closed):
    assert late_filing(closed, city.hospital) is None
    filing = grant(city, closed, department=city.health)
    assert late_filing(closed, city.hospital) == filing
    assert late_filing(closed, city.water) is None
    assert list(rounds_with_leave([city.hospital])) == [closed]
    LateFiling.objects.update(until=today(-1))
    assert late_filing(closed, city.hospital) is None
    assert not rounds_with_leave([city.hospital]).exists()


def test_leave_for_a_unit_is_not_leave_for_the_one_above(city, closed):
    grant(city, closed, department=city.hospital)
    assert late_filing(closed, city.health) is None


def test_revoked_leave_is_kept_and_what_was_filed_under_it_stays_told(city, closed):
    filing = grant(city, closed)
    used = timezone.now()
    assert list(refused(services.revoke_late_filing, actor=city.manager, filing_id=filing.pk, reason=" ")) == ["reason"]
    services.revoke_late_filing(actor=city.manager, filing_id=filing.pk, reason="材料不实")
    assert late_filing(closed, city.hospital) is None
    assert late_filing(closed, city.hospital, used) == filing
    assert [edit.reason for edit in edits_of(TABLE, closed.code)] == ["材料不实", "批示〔2026〕1号"]
    assert "already" in refused(services.revoke_late_filing, actor=city.manager, filing_id=filing.pk, reason="x")[0]


def test_leave_that_makes_no_sense_is_refused_by_field(city, closed):
    assert list(refused(grant, city, closed, until=today(-1))) == ["until"]
    assert list(refused(grant, city, closed, reason=" ", basis="")) == ["reason", "basis"]
    grant(city, closed)
    assert list(refused(grant, city, closed)) == ["department"]
    with pytest.raises(PermissionDenied):
        services.grant_late_filing(
            actor=city.intake, round_id=closed.pk, department=city.water, until=today(3), reason="x", basis="y"
        )
