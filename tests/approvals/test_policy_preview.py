"""Which open cases a change of a policy row would touch, and that a running deadline is never moved by one."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from approvals.adjudication_guards import applicant_was_heard
from approvals.case_page import deadline
from approvals.deadlines import Limits, due_on, reply_until
from approvals.models import Case
from approvals.policy_preview import NEXT_STEP, preview, reach
from approvals.workbench_lines import left_of
from planning.models import PolicyRow
from planning.policy_rows import STARTING_ROWS
from planning.queries import policy
from planning.services import change_policy
from projects.models import Finding, Project, ScreeningRun
from projects.states import State
from tests.approvals.acting import act, fresh
from tests.cast import TEXTS, duplicate_text, make_case, make_city
from tests.guards_off import drop_guards

pytestmark = pytest.mark.django_db
LIMITS = STARTING_ROWS["limits"][0]
TIERS = STARTING_ROWS["tiers"][0]


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def city():
    return make_city()


def ask(city, key, new, *, old=None, day=None):
    return preview(city.manager, key, policy(key) if old is None else old, new, day or today(1))


def below(*numbers):
    return [{"code": f"T{n}", "below": number} for n, number in enumerate((*numbers, None))]


def change(city, key, value, day):
    """Put a value in force from a day on, through the service."""
    row = PolicyRow.objects.filter(key=key).latest("valid_from")
    return change_policy(
        key=key, value=value, source="x", note="", valid_from=day, actor=city.manager, expected=row.pk
    )  # fmt: skip


def begun(case, days_ago):
    """The case entered its state so many days ago."""
    drop_guards()  # the database lets nobody write it; the transaction of the test puts the guards back
    Project.objects.filter(pk=case.pk).update(state_since=timezone.now() - timedelta(days=days_ago))
    return Case.objects.get(pk=case.pk)


# --- tiers and experts ------------------------------------------------------------------------------------------------


def test_tiers_name_the_proposals_that_change_tier_and_what_it_means(city):
    make_case(city, State.INTAKE, ref="P901", amount="50.00")
    make_case(city, State.INTAKE, ref="P902", amount="150.00", text=TEXTS[2])
    found = ask(city, "tiers", below(20, 40, 500))
    assert [(row.project.ref, row.before, row.after) for row in found.touched] == [("P901", "T1", "T2")]
    assert "goes before experts" in found.touched[0].consequence
    assert "needs the approver" in found.touched[0].consequence


def test_tiers_read_the_amount_that_was_filed_not_the_one_being_edited(city):
    case = make_case(city, State.INTAKE, ref="P901", amount="50.00")
    case.budget_lines.update(amount=5)
    assert ask(city, "tiers", below(20, 100, 600)).rows == []
    assert ask(city, "tiers", below(60, 100, 500)).touched[0].before == "T1"


def test_decided_and_withdrawn_cases_are_not_touched(city):
    make_case(city, State.APPROVED, ref="P901", amount="50.00")
    act(make_case(city, State.INTAKE, ref="P902", text=TEXTS[2]), "withdraw", city.applicant, comment="x")
    assert ask(city, "tiers", below(20, 40, 500)).rows == []


@pytest.mark.parametrize(
    ("new", "after", "meaning"),
    [
        ({"T2": 7, "T3": 7}, "7 opinions", "no longer enough"),
        ({"T2": 1, "T3": 5}, "1 opinion", "enough before and after"),
    ],
)
def test_quorum_names_cases_whose_opinions_are_or_are_not_enough(city, new, after, meaning):
    make_case(city, State.DECISION, ref="P901", amount="150.00")
    found = ask(city, "expert_quorum", new).touched
    assert [(row.project.ref, row.after) for row in found] == [("P901", after)]
    assert meaning in found[0].consequence


def test_quorum_names_cases_that_would_go_before_experts(city):
    make_case(city, State.REVIEW, ref="P901", amount="50.00")
    row = ask(city, "expert_quorum", {"T1": 1, "T2": 3, "T3": 5}).touched[0]
    assert (row.before, row.after, row.consequence) == ("no experts", "1 opinion", "goes before experts")


def test_authority_names_cases_whose_ending_changes_hands(city):
    make_case(city, State.ADJUDICATION, ref="P901", text=duplicate_text(city))
    row = ask(city, "manager_authority", "T0").touched[0]
    assert (row.before, row.after) == ("the manager ends it alone", "the approver confirms the ending")
    assert ask(city, "manager_authority", "T2").rows == []


# --- time: nothing is retroactive ---------------------------------------------------------------------------------------


def test_limit_that_is_shortened_leaves_running_deadlines_alone(city):
    case = begun(make_case(city, State.INTAKE, ref="P901"), 4)
    due = deadline(case)["date"]
    found = ask(city, "limits", {**LIMITS, "intake": 1})
    assert [(row.project.ref, row.before, row.after) for row in found.kept] == [("P901", str(due), str(due))]
    assert found.touched == []
    change(city, "limits", {**LIMITS, "intake": 1}, today())
    assert deadline(fresh(case))["date"] == due == due_on(case.state_since, 3)
    assert left_of([Project.objects.get(pk=case.pk)])[case.pk].due == due


def test_new_limit_counts_for_a_state_that_begins_under_it(city):
    change(city, "limits", {**LIMITS, "intake": 1}, today())
    case = fresh(make_case(city, State.INTAKE, ref="P901"))
    assert deadline(case)["date"] == due_on(case.state_since, 1)
    assert Limits().of(State.INTAKE, timezone.now() - timedelta(days=1)) == 3


def test_change_from_today_touches_what_began_today_and_says_so(city):
    case = fresh(make_case(city, State.INTAKE, ref="P901"))
    row = ask(city, "limits", {**LIMITS, "intake": 1}, day=today()).touched[0]
    assert (row.before, row.after) == (str(due_on(case.state_since, 3)), str(due_on(case.state_since, 1)))


def test_states_whose_limit_stays_are_not_listed(city):
    make_case(city, State.INTAKE, ref="P901")
    assert ask(city, "limits", {**LIMITS, "review": 1}).rows == []


def test_right_of_reply_keeps_the_days_that_held_when_the_finding_was_made(city):
    case = make_case(city, State.ADJUDICATION, ref="P901", text=duplicate_text(city))
    found_at = timezone.now() - timedelta(days=3)
    Finding.objects.filter(project=case).update(found_at=found_at, reply="", reply_text="")
    until = fresh(case).reply_until()
    change(city, "reply_days", 1, today())
    assert fresh(case).reply_until() == until == reply_until([found_at])[found_at] == due_on(found_at, 3)
    held = fresh(case)
    held.entry = {"findings": [finding.pk for finding in held.undecided_findings()]}
    assert (applicant_was_heard(held) is not None) == (today() <= until)


def test_screening_age_names_cases_whose_answer_differs(city):
    case = make_case(city, State.DECISION, ref="P901")
    ScreeningRun.objects.filter(project=case).update(finished_at=timezone.now() - timedelta(days=10))
    row = ask(city, "screening_max_age", 5).touched[0]
    assert (row.before, row.after) == ("recent enough", "too old, to be run again")
    assert ask(city, "screening_max_age", 29).rows == []


def test_order_of_reviews_names_who_would_have_to_wait(city):
    make_case(city, State.REVIEW, ref="P901")
    row = ask(city, "review_order", ["requirements", "planning", "standards"]).touched[0]
    assert row.before == "none has to wait"
    assert row.after == "Planning, Standards must wait"


# --- all keys -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", NEXT_STEP)
def test_rows_read_at_a_step_list_the_cases_that_may_take_it(city, key):
    state = NEXT_STEP[key][-1]
    text = duplicate_text(city) if state == State.ADJUDICATION else TEXTS[1]
    make_case(city, state, ref="P901", text=text, amount="150.00" if state == State.EXPERT_REVIEW else "50.00")
    assert "P901" in [row.project.ref for row in ask(city, key, STARTING_ROWS[key][0]).touched]


def test_every_key_says_how_it_reaches_open_cases():
    plain = reach("something_new")
    assert [key for key in STARTING_ROWS if reach(key) == plain] == []


def test_preview_shows_what_the_user_may_see(city):
    make_case(city, State.INTAKE, ref="P901", amount="50.00")
    assert preview(city.applicant2, "tiers", TIERS, below(20, 40, 500), today(1)).rows == []


@pytest.mark.parametrize(
    ("key", "new"),
    [
        ("tiers", below(20, 40, 500)), ("expert_quorum", {"T1": 1}), ("limits", {**LIMITS, "review": 1}),
        ("review_order", ["standards", "planning", "requirements"]), ("correction_grace", 9),
    ],
)  # fmt: skip
def test_preview_costs_the_same_for_one_case_and_for_four(city, key, new):
    def counted():
        with CaptureQueriesContext(connection) as queries:
            found = ask(city, key, new, old=STARTING_ROWS[key][0])
            assert found.rows
        return len(queries), len(found.rows)

    make_case(city, State.REVIEW, ref="P901", amount="50.00")
    ask(city, key, new)
    one, rows = counted()
    for number, text in enumerate((TEXTS[2], TEXTS[3], TEXTS[4]), start=2):
        make_case(city, State.REVIEW, ref=f"P90{number}", amount="50.00", text=text)
    assert counted() == (one, rows + 3)


def test_policy_of_a_day_is_the_row_of_that_day(city):
    change(city, "limits", {**LIMITS, "intake": 1}, today(5))
    assert (policy("limits", date(2021, 1, 1))["intake"], policy("limits", today(5))["intake"]) == (3, 1)
