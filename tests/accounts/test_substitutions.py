"""代理: who may stand in for whom and when, what it lends, what stays behind, and that both see it."""

import contextlib
import random
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import override

from accounts import substitutions as leave
from accounts.models import EditRecord, Substitution, User
from accounts.policy import has_permission, holders
from accounts.roles import Role
from notifications.models import Notification
from tests.cast import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def day(number=0):
    return timezone.localdate() + timedelta(days=number)


def arrange(city, principal, substitute, first=0, last=5, actor=None, longest=90):
    """One substitution, by whoever goes on leave."""
    return leave.arrange(
        actor=actor or principal, principal=principal, substitute=substitute, first_day=day(first), last_day=day(last),
        longest=longest, reason="年休假",
    )  # fmt: skip


def refused(city, *args, **more):
    """The fields that are refused, with the reasons."""
    with pytest.raises(ValidationError) as caught:
        arrange(city, *args, **more)
    assert not Substitution.objects.filter(principal=args[0], substitute=args[1], first_day=day(more.get("first", 0)))
    return caught.value.message_dict


def again(user):
    return User.objects.get(pk=user.pk)


def test_substitute_has_the_rights_for_those_days_and_is_told(city):
    row = arrange(city, city.intake, city.planner)
    planner = again(city.planner)
    assert [(held.role, held.user.username) for held in planner.mandates] == [
        ("planner", "planner"),
        ("intake", "intake"),
    ]
    assert planner.stands_in_for == {city.intake: day(5)}
    assert set(holders(Role.INTAKE)) == {city.intake, city.planner}
    assert set(holders(Role.INTAKE, own=True)) == {city.intake}
    notice = Notification.objects.get(event="substitute")
    assert (notice.recipient, notice.payload["person"], notice.payload["until"]) == (
        city.planner, "intake", day(5).isoformat(),
    )  # fmt: skip
    leave.end(actor=city.intake, pk=row.pk)
    assert [held.role for held in again(city.planner).mandates] == ["planner"]
    assert set(holders(Role.INTAKE)) == {city.intake}
    assert EditRecord.objects.filter(table="accounts.Substitution").count() == 2
    with pytest.raises(ValidationError):
        leave.end(actor=city.intake, pk=row.pk)


def test_before_and_after_the_days_nothing_is_lent(city):
    arrange(city, city.intake, city.planner, first=1)
    assert [held.role for held in again(city.planner).mandates] == ["planner"]
    Substitution.objects.update(first_day=day(-9), last_day=day(-1))
    assert [held.role for held in again(city.planner).mandates] == ["planner"]
    Substitution.objects.update(last_day=day(0))
    assert len(again(city.planner).mandates) == 2
    User.objects.filter(pk=city.intake.pk).update(is_active=False)
    assert len(again(city.planner).mandates) == 1


def test_administrators_and_experts_rights_stay_behind(city):
    mixed = person("mixed", Role.EXPERT, city.office)
    mixed.assignments.create(role=Role.PLANNER, department=city.office)
    lent = leave.lent_by(mixed)
    assert ([row.role for row in lent.lent], [row.role for row in lent.stays]) == (["planner"], ["expert"])
    arrange(city, mixed, city.standards)
    assert not again(city.standards).holds(Role.EXPERT)
    assert city.standards not in holders(Role.EXPERT)
    assert "__all__" in refused(city, city.expert1, city.standards, first=20, last=21)


def test_every_bad_arrangement_is_refused_with_its_reason(city):
    assert "substitute" in refused(city, city.intake, city.intake)
    assert "last_day" in refused(city, city.intake, city.planner, first=3, last=2)
    assert "first_day" in refused(city, city.intake, city.planner, first=-1)
    assert "90" in refused(city, city.intake, city.planner, last=90)["last_day"][0]
    assert "substitute" in refused(city, city.intake, city.auditor)  # an auditor holds that role alone
    User.objects.filter(pk=city.standards.pk).update(is_active=False)
    assert "substitute" in refused(city, city.intake, city.standards)
    arrange(city, city.intake, city.planner)
    assert "planner" in refused(city, city.intake, city.manager, first=5, last=9)["first_day"][0]  # one at a time
    assert "intake" in refused(city, city.planner, city.manager, first=2, last=3)["first_day"][0]  # no chain
    assert "substitute" in refused(
        city, city.manager, city.intake, first=1, last=2
    )  # who is on leave stands in for nobody
    arrange(city, city.intake, city.manager, first=6, last=9)


def test_own_leave_is_everybodys_and_others_leave_is_the_managers(city):
    with pytest.raises(PermissionDenied):
        arrange(city, city.intake, city.planner, actor=city.planner)
    with pytest.raises(PermissionDenied):
        arrange(city, city.sysadmin, city.planner)
    row = arrange(city, city.intake, city.planner, actor=city.secadmin)
    with pytest.raises(Http404):
        leave.end(actor=city.standards, pk=row.pk)
    leave.end(actor=city.manager, pk=row.pk)
    assert Substitution.objects.get().ended_by == city.manager
    assert not has_permission(city.sysadmin, "accounts.substitute")


def test_of_any_wishes_those_accepted_make_no_overlap_and_no_chain(city):
    people = [city.intake, city.planner, city.standards, city.manager]
    days = random.Random(5)
    for _wish in range(60):
        principal, substitute = days.sample(people, 2)
        first = days.randrange(30)
        with contextlib.suppress(ValidationError), transaction.atomic():
            arrange(city, principal, substitute, first=first, last=first + days.randrange(6))
    rows = list(Substitution.objects.all())
    assert len(rows) > 5
    for one in rows:
        for other in rows:
            if one != other and one.first_day <= other.last_day and other.first_day <= one.last_day:
                assert one.principal_id not in {other.principal_id, other.substitute_id}
                assert one.substitute_id != other.principal_id


def test_profile_and_every_page_say_it(city, client):
    arrange(city, city.intake, city.planner)
    client.force_login(city.planner)
    page = client.get("/me/").content.decode()
    assert page.count("intake") >= 2
    assert "data-stands-in" in page
    client.force_login(city.intake)
    assert "data-stands-in" not in client.get("/me/").content.decode()
    assert "planner" in client.get("/me/substitution/").content.decode()


def test_arranging_in_the_browser_asks_first_and_then_arranges(city, client):
    client.force_login(city.intake)
    form = {
        "substitute": city.planner.pk,
        "first_day": day().isoformat(),
        "last_day": day(3).isoformat(),
        "reason": "x",
    }
    first = client.post("/me/substitution/", form)
    assert first.status_code == 200
    assert not Substitution.objects.exists()
    assert client.post("/me/substitution/", {**form, "confirmed": "1"}).status_code == 302
    row = Substitution.objects.get()
    bad = client.post("/me/substitution/", {**form, "confirmed": "1"})
    assert (bad.status_code, Substitution.objects.count()) == (422, 1)
    assert client.post(f"/me/substitution/{row.pk}/end/").status_code == 302
    assert Substitution.objects.get().ended_by == city.intake
