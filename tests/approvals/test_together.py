"""Several cases at once: each answers for itself, nothing is decided together unless a policy row says so."""

import io

import pytest
from openpyxl import load_workbook

from accounts.roles import Role
from approvals.errors import NotOffered
from approvals.models import Approval, Seat, Urge
from approvals.together import acts_for, do_together, steps_allowed
from planning.models import PolicyRow
from planning.policy_checks import problems
from projects.models import Project
from projects.states import State
from tests.approvals.acting import fresh, open_review, review_of
from tests.approvals.listing import browser_of, placed
from tests.cast import make_case, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


def allow(*steps: str) -> None:
    """What the policy row names, from the beginning."""
    PolicyRow.objects.filter(key="batch_steps").update(value=list(steps))


def sent(user, act: str, *cases, **more):
    """The answer to the form that names these cases."""
    return browser_of(user).post("/together/", {"act": act, "ref": [case.ref for case in cases], **more})


def test_urging_several_reminds_each_once_and_names_what_is_refused(city):
    first, second = placed(city, "P901"), placed(city, "P902")
    ended = placed(city, "P903", State.WITHDRAWN)
    answer = sent(city.manager, "urge", first, ended, second, comment="please")
    assert [(row.case.ref, row.done) for row in answer.context["results"]] == [
        ("P901", True),
        ("P902", True),
        ("P903", False),
    ]
    assert set(Urge.objects.values_list("project__ref", "text")) == {("P901", "please"), ("P902", "please")}
    again = sent(city.manager, "urge", first, second)  # the same form once more
    assert [row.done for row in again.context["results"]] == [False, False]
    assert Urge.objects.count() == 2


def test_case_that_one_may_not_see_is_not_touched(city):
    foreign = placed(city, "P901", clerk=city.applicant2)
    answer = sent(city.applicant, "urge", foreign)
    assert answer.status_code == 422
    assert not Urge.objects.exists()


def test_handing_on_goes_through_the_door_for_each(city):
    colleague = person("planner2", Role.PLANNER, city.office)
    cases = [make_case(city, State.REVIEW, ref=ref) for ref in ("P901", "P902")]
    open_review(cases[0], "planning", city.planner)
    answer = sent(city.planner, "transfer", *cases, person=colleague.pk, comment="on leave")
    assert [row.done for row in answer.context["results"]] == [True, False]
    held = Seat.objects.filter(review=review_of(cases[0], "planning")).values_list("holder__username", flat=True)
    assert list(held) == ["planner2"]
    assert fresh(cases[0]).decisions.latest("seq").action == "seat_transfer"


def test_handing_on_asks_for_whom_and_why(city):
    case = make_case(city, State.REVIEW)
    assert sent(city.planner, "transfer", case).status_code == 422


def test_no_step_is_taken_together_by_default(city):
    case = placed(city, "P901", State.ENDORSEMENT)
    assert steps_allowed() == {}
    for user, act in ((city.endorser, "endorse"), (city.intake, "accept"), (city.approver, "approve")):
        assert act not in {row.code for row in acts_for(user)}
        assert sent(user, act, case, comment="x").status_code == 403
        with pytest.raises(NotOffered):
            do_together(actor=user, act=act, cases=[fresh(case)], comment="x")
    assert Project.objects.get(pk=case.pk).state == State.ENDORSEMENT


def test_step_that_the_row_names_goes_through_the_door(city):
    allow("endorse")
    cases = [make_case(city, State.ENDORSEMENT, ref="P901"), make_case(city, State.INTAKE, ref="P902")]
    seen = {f"seq-{case.ref}": case.seq for case in cases}
    answer = sent(city.endorser, "endorse", *cases, comment="agreed", **seen)
    assert [row.done for row in answer.context["results"]] == [True, False]
    assert fresh(cases[0]).decisions.filter(action="endorse", comment="agreed").count() == 1
    stale = sent(city.endorser, "endorse", *cases, comment="agreed", **seen)
    assert [row.done for row in stale.context["results"]] == [False, False]
    assert sent(city.intake, "endorse", cases[0], comment="x").status_code == 403


def test_approval_needs_a_tier_and_stops_at_it(city):
    allow("approve")
    assert steps_allowed() == {}
    allow("approve:T1")
    case = make_case(city, State.DECISION)  # 50 × 10,000 CNY: T1
    allow("approve:T0")
    assert [row.done for row in do_together(actor=city.approver, act="approve", cases=[fresh(case)], comment="x")] == [
        False
    ]
    allow("approve:T1")
    result = do_together(actor=city.approver, act="approve", cases=[fresh(case)], comment="granted")[0]
    assert result.done, result.reasons
    assert Approval.objects.get().amount == fresh(case).current_version.amount


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ([], True),
        (["endorse", "accept"], True),
        (["approve:T1"], True),
        (["approve"], False),
        (["approve:T9"], False),
        (["reject"], False),
        (["approve:T0", "approve:T1"], False),
        ("endorse", False),
    ],
)
def test_policy_row_names_known_steps_only(value, fits):
    assert (problems("batch_steps", value) == {}) is fits


def test_policy_page_shows_the_row(city):
    page = browser_of(city.manager).get("/policies/rows/batch_steps/")
    assert "none" in page.content.decode()


def test_who_has_nothing_to_do_together_is_refused(city):
    assert browser_of(city.finance).get("/together/").status_code == 403
    assert browser_of(city.manager).get("/together/?act=urge").context["cases"] == []


def sheet(user, query: str) -> list[list]:
    """The rows of the exported workbook, heading first."""
    answer = browser_of(user).get(f"/cases.xlsx{query}")
    return [list(row) for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows()]


def test_list_is_exported_as_it_is_filtered(city):
    placed(city, "P901", State.ADJUDICATION)
    placed(city, "P902", State.EXPERT_REVIEW)
    assert [row[0].value for row in sheet(city.manager, "?state=adjudication")[1:]] == ["P901"]
    assert [row[0].value for row in sheet(city.manager, "?ref=P902&ref=P999&ref=P901")[1:]] == ["P902", "P901"]
    assert [row[0].value for row in sheet(city.manager, "?list=projects&state=expert_review")[1:]] == ["P902"]
    assert sheet(city.applicant2, "?ref=P901")[1:] == []


def test_exported_text_is_never_a_formula(city):
    case = placed(city, "P901", State.ADJUDICATION)
    Project.objects.filter(pk=case.pk).update(title="=1+1")
    cell = sheet(city.manager, "?ref=P901")[1][1]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
