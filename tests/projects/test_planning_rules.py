"""Rank, carry-over rules and late filing: what a department orders, and what it still owes when it asks for more."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.queries import edits_of
from approvals import guards
from planning.models import IntegrationCommitment, Round
from planning.services import grant_late_filing, set_policy
from portfolio.models import System
from projects.carry_over import carry_over, months_before
from projects.models import Project, ProjectRank
from projects.services.ranking import TABLE, save_ranks
from projects.states import State
from tests.approvals.acting import act, asked, put, said
from tests.cast import TEXTS, make_case
from tests.projects import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


# --- rank -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def two(city):
    """Two submitted proposals of the hospital, and one of the water bureau."""
    make_case(city, State.INTAKE, ref="P903", actor=city.applicant2, text=TEXTS[3])
    return [
        make_case(city, State.ENDORSEMENT, ref=ref, text=text) for ref, text in (("P901", TEXTS[1]), ("P902", TEXTS[4]))
    ]


def order(city, places, expected=None, actor=None, department=None):
    return save_ranks(
        actor=actor or city.endorser, round=city.round, department=department or city.health, places=places,
        expected=expected or {},
    )  # fmt: skip


def test_order_is_kept_with_its_history(city, two):
    assert order(city, {"P901": 2, "P902": 1}) == 2
    assert order(city, {"P902": None}, {"P901": 2, "P902": 1}) == 1
    assert list(ProjectRank.objects.values_list("project__ref", "position")) == [("P901", 2)]
    assert edits_of(TABLE, "R2026/M19").first().after == {"P901": 2}


def test_a_place_is_given_once(city, two):
    with pytest.raises(ValidationError) as caught:
        order(city, {"P901": 1, "P902": 1})
    assert list(caught.value.message_dict) == ["P902"]
    with pytest.raises(ValidationError) as caught:
        order(city, {"P901": 0})
    assert list(caught.value.message_dict) == ["P901"]
    assert not ProjectRank.objects.exists()


def test_only_the_own_units_are_ordered_and_nothing_is_overwritten(city, two):
    order(city, {"P901": 1, "P903": 2})
    assert list(ProjectRank.objects.values_list("project__ref", flat=True)) == ["P901"]
    with pytest.raises(PermissionDenied):
        order(city, {"P901": 3}, {"P901": 1}, actor=city.applicant)
    with pytest.raises(PermissionDenied):
        order(city, {"P903": 1}, department=city.water)
    with pytest.raises(ValidationError, match="changed in between"):
        order(city, {"P902": 2}, {})


def test_ranking_page_refuses_a_double_place_at_its_field(client, city, two):
    client.force_login(city.endorser)
    address = reverse("plan:ranking", args=[city.round.code])
    assert "P903" not in client.get(address).content.decode()
    page = client.post(address, {"P901": "1", "P902": "1", "expected": ""})
    assert page.context["form"].errors == {"P902": ["P901 has this place already."]}
    assert page.context["form"]["P902"].value() == "1"
    assert client.post(address, {"P901": "1", "P902": "2", "expected": ""}).status_code == 302
    assert Project.objects.get(ref="P902").rank.position == 2


def test_missing_place_is_a_hint_and_no_guard(client, city, two):
    client.force_login(city.endorser)
    address = reverse("approvals:case", args=["P901"])
    hint = "has given this one no place"
    assert hint in client.get(address).content.decode()
    order(city, {"P901": 1})
    assert hint not in client.get(address).content.decode()
    act(two[1], "endorse", city.endorser)
    assert Project.objects.get(ref="P902").state == State.INTAKE


# --- carry-over -----------------------------------------------------------------------------------------------------
def found(project):
    return [(problem.severity, problem.rule, problem.code) for problem in carry_over(project)]


def owe(city, **more):
    facts = {"department": city.hospital, "text": "并入云海办", "due_on": today(-1), "source": "台账", **more}
    return IntegrationCommitment.objects.create(**facts)


def test_nothing_owed_nothing_said(city):
    owe(city, department=city.water)
    owe(city, done_on=today())
    owe(city, due_on=today())
    assert found(make_case(city)) == []


def test_overdue_commitment_blocks_a_new_build_alone(city):
    case = make_case(city)
    row = owe(city)
    assert found(case) == [("block", "commitments", "")]
    assert "并入云海办" in asked(guards.carry_over_allows, case)
    assert said(case, "submit", city.applicant) == "blocked"
    Project.objects.filter(pk=case.pk).update(kind="om")
    assert found(Project.objects.get(pk=case.pk)) == [("warn", "commitments", "")]
    assert asked(guards.carry_over_allows, case) is None
    Project.objects.filter(pk=case.pk).update(kind="new")
    row.done_on = today()
    row.save()
    assert said(case, "submit", city.applicant) == State.ENDORSEMENT


def test_commitment_does_not_reach_back_to_what_is_submitted(city):
    case = make_case(city, State.INTAKE)
    owe(city)
    assert said(case, "accept", city.intake) == State.SCREENING


def test_unaccepted_projects_weigh_after_their_grace(city):
    case = make_case(city)
    old = put(make_case(city, ref="P902", text=TEXTS[3]), State.APPROVED)
    limit = months_before(today(), 6)
    for ends_on, expected in ((f"{limit:%Y-%m}", []), ("2020-01", [("warn", "projects", "P902")])):
        Project.objects.filter(pk=old.pk).update(ends_on=ends_on)
        assert found(case) == expected
    put(old, State.REJECTED)
    assert found(case) == []


def test_systems_that_were_approved_and_not_built_weigh_too(city):
    case = make_case(city)
    making.make_system(city.hospital, "S1", status="approved_not_built", built_on=months_before(today(), 7))
    making.make_system(city.hospital, "S2", status="approved_not_built", built_on=today(-10))
    making.make_system(city.water, "S3", status="approved_not_built", built_on="2019-01-01")
    assert found(case) == [("warn", "projects", "S1")]


def test_low_score_of_the_system_followed_up(city):
    case = make_case(city)
    poor = making.make_system(city.hospital, "S1", evaluation_score=69)
    good = making.make_system(city.hospital, "S2", evaluation_score=70)
    assert found(case) == [("warn", "score", "S1")]
    Project.objects.filter(pk=case.pk).update(predecessor=good, kind="upgrade")
    assert found(Project.objects.get(pk=case.pk)) == []
    System.objects.filter(pk=poor.pk).update(status="retired")
    Project.objects.filter(pk=case.pk).update(predecessor=None)
    assert found(Project.objects.get(pk=case.pk)) == []


@pytest.mark.parametrize(("mode", "severity"), [("warn", ["warn"]), ("block", ["block"]), ("off", [])])
def test_policy_row_says_what_blocks(city, mode, severity):
    case = make_case(city)
    owe(city)
    rules = {"projects": {"mode": "off"}, "commitments": {"mode": mode}, "score": {"mode": "off"}}
    set_policy(key="carry_over", value=rules, source="test")
    assert [problem.severity for problem in carry_over(case)] == severity


def test_applicant_reads_it_before_submitting_and_the_planner_on_the_case(client, city):
    case, row = make_case(city), owe(city)
    client.force_login(city.applicant)
    page = client.get(reverse("projects:check", args=[case.ref])).content.decode()
    assert "Blocks the submission" in page
    assert row.text in page
    row.delete()
    act(case, "submit", city.applicant)
    owe(city)
    client.force_login(city.planner)
    assert row.text in client.get(reverse("approvals:case", args=[case.ref])).content.decode()


# --- late filing ----------------------------------------------------------------------------------------------------
def test_late_filing_opens_the_door_for_one_unit_and_is_told(client, city):
    case = make_case(city)
    theirs = make_case(city, ref="P902", actor=city.applicant2, text=TEXTS[3])
    Round.objects.filter(pk=city.round.pk).update(closes_on=today(-1))
    assert said(case, "submit", city.applicant) == "blocked"
    facts = {"until": today(2), "reason": "机构调整", "basis": "批示〔2026〕1号"}
    grant_late_filing(actor=city.manager, round_id=city.round.pk, department=city.health, **facts)
    assert said(theirs, "submit", city.applicant2) == "blocked"
    act(case, "submit", city.applicant)
    client.force_login(city.intake)
    page = client.get(reverse("approvals:case", args=[case.ref])).content.decode()
    assert page.count("批示〔2026〕1号") == 2  # in the panel and beside the step in the history
    assert "Filed late under leave for" in page


def test_unit_with_leave_may_start_a_proposal_in_the_closed_round(client, city):
    Round.objects.filter(pk=city.round.pk).update(closes_on=today(-1))
    client.force_login(city.applicant)
    facts = {
        "declared_unclassified": "on",
        "department": city.hospital.pk,
        "round": city.round.pk,
        "title": "x",
        "kind": "new",
    }
    assert client.post(reverse("projects:new"), facts).status_code == 422
    leave = {"until": today(2), "reason": "机构调整", "basis": "批示"}
    grant_late_filing(actor=city.planner, round_id=city.round.pk, department=city.hospital, **leave)
    assert client.post(reverse("projects:new"), facts).status_code == 302
    assert Project.objects.get(title="x").round == city.round
