"""Every state × action × role once more, now as a form sent by a browser; the answers are written by hand."""

import os
from collections.abc import Iterator
from itertools import cycle

import pytest
from django.urls import reverse

from approvals.models import Decision
from notifications.models import Notification
from projects.models import Project, ScreeningRun
from projects.states import RunStatus, State
from tests.approvals.acting import ITEM, act, fresh, put
from tests.approvals.expected_table import SUSPENDABLE, WAIVABLE
from tests.approvals.test_table import ACTIONS, FINAL, ROLES, STATES, TABLE
from tests.cast import TEXTS, duplicate_text, make_case

pytestmark = pytest.mark.django_db

PEOPLE = tuple(role for role in ROLES if role != "system")  # nobody can sign in as the system
# Right state, right person, and something is missing on the prepared case: 409. Everything else in TABLE succeeds.
BLOCKED = {
    "intake file",  # 50 万元 is not a small project
    "correction resubmit",  # the item of the notice has no answer
    "review return_for_correction",  # the reviews are not concluded
    "review reject",
    "review rescreen",  # the screening succeeded
    "adjudication rescreen",
    *(f"{state} {action}" for state in WAIVABLE for action in ("waive", "end_waiver")),  # no major item failed
    "adjudication adjudicate",  # findings are decided on their own page
    "adjudication propose_ending",  # at this amount the manager decides alone
    "adjudication confirm_merge",  # so nothing has been proposed
    "adjudication confirm_redirect",
    "adjudication confirm_reject",
    "adjudication decline_ending",
    "expert_review to_decision",  # no expert has spoken
    "expert_review return_for_correction",
    "expert_review draw_experts",  # every place is taken
    "expert_review replace_expert",  # and nobody else is in the pool
    "intake recall",  # the supervising department has acted on it since
    "intake recall_correction",  # nothing was submitted again
    *(f"{state} resume" for state in SUSPENDABLE),  # nothing is suspended
}
# Who may know of the case; everybody else is told that there is no such page.
DESK = {"intake", "planner", "requirements", "standards", "manager", "approver", "auditor"}
KNOWS_OTHERWISE = {*DESK, "applicant", "endorser", "finance"}
KNOWS = {"draft": {"applicant", "endorser", "auditor"}, "expert_review": {*KNOWS_OTHERWISE, "expert"}}


@pytest.fixture(scope="module")
def cases(town):
    """One case of the hospital in each state that a case can leave, walked there through the door."""
    made = {
        state: make_case(town, State(state), ref=f"P3{number:02}", amount=amount, text=text)
        for number, (state, amount, text) in enumerate(
            (
                ("decision", "50.00", "孕产妇建档随访"),
                ("draft", "50.00", "古树名木养护巡查"),  # nothing like it in the round: no answers are asked first
                ("endorsement", "50.00", TEXTS[0]),
                ("intake", "50.00", TEXTS[0]),
                ("screening", "50.00", TEXTS[0]),
                ("review", "50.00", TEXTS[0]),
                ("adjudication", "50.00", duplicate_text(town)),
            )
        )
    }
    made["expert_review"], made["correction"] = town.cases["own", "experts"], town.cases["own", "back"]
    made["deferred"] = make_case(town, State.DECISION, ref="P390", text="车船税代收对账")
    act(made["deferred"], "defer", town.approver)
    ScreeningRun.objects.filter(project=made["screening"]).update(status=RunStatus.FAILED, error="stopped")
    return made


def data_for(town, case) -> dict:
    """Everything that any step asks for, as a form would send it."""
    return {
        "expected_version": Project.objects.get(pk=case.pk).seq, "comment": "同意", "days": "2", "expert": "expert1", "clause": "负面清单第 3 条",
        "approved_amount": "50.00", "ending": "merge", "target_project": town.cases["other", "adjudication"].ref,
        "target_system": town.system.code, "items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "0",
        **{f"items-0-{name}": value for name, value in ITEM.items()},
    }  # fmt: skip


def marks(case) -> tuple:
    """What a step moves."""
    row = Project.objects.filter(pk=case.pk).values_list("state", "seq", "state_since", "updated_at", "round").get()
    return *row, Decision.objects.count(), Notification.objects.count()


def wanted(state: str, action: str, role: str) -> int:
    """The answer that the table asks for."""
    if role not in KNOWS.get(state, KNOWS_OTHERWISE):
        return 404
    _target, who, _reason = TABLE.get((state, action), ("", set(), False))
    if role not in who:
        return 403
    return 409 if f"{state} {action}" in BLOCKED else 302


def asked(state: str, action: str, turn: Iterator[str]) -> list[str]:
    """Who sends the form: those whose step it is and three others in turn. EVERY_RULE=1: everybody."""
    if (state, action) not in TABLE:
        return [next(turn)]
    theirs = [role for role in TABLE[state, action][1] if role in PEOPLE]
    others = PEOPLE if os.environ.get("EVERY_RULE") else [next(turn) for _ in range(3)]
    return list(dict.fromkeys([*theirs, *others]))


@pytest.mark.parametrize("state", STATES)
def test_form_of_every_step_is_answered_as_the_table_says(town, cases, browsers, undone, state):
    wrong, turn = [], cycle(PEOPLE)
    for action in ACTIONS:
        # A step that no row names is refused before anybody is looked at: one role a time is enough.
        for role in asked(state, action, turn):
            with undone():
                case = cases["decision"] if state in FINAL else cases[state]
                if state in FINAL:
                    put(case, state)
                found = send(browsers(role), case, action, data_for(town, case))
                if problem := judged(state, action, role, found):
                    wrong.append(problem)
    assert not wrong, "\n" + "\n".join(wrong)


def send(browser, case, action: str, data: dict) -> tuple:
    """Status, marks before, marks after."""
    before = marks(case)
    response = browser.post(reverse("approvals:step", args=[case.ref, action]), data)
    return response.status_code, before, marks(case)


def judged(state: str, action: str, role: str, found: tuple) -> str:
    """What is wrong with the answer; "" when nothing is."""
    status, before, after = found
    name = f"{state:14} {action:22} {role:13}"
    if status != wanted(state, action, role):
        return f"{name} {status}, not {wanted(state, action, role)}"
    if status != 302:
        return "" if before == after else f"{name} {status}, and yet {before} → {after}"
    moved = after[0] == TABLE[state, action][0] and after[1] > before[1] and after[5] == before[5] + 1
    return "" if moved and after[6] >= before[6] else f"{name} 302, and {before} → {after}"


def test_blocked_list_names_rows_of_the_table():
    assert {tuple(line.split()) for line in BLOCKED} <= set(TABLE)


def test_refusal_page_says_who_may_and_what_is_missing(town, cases, browsers):
    case = cases["decision"]
    response = browsers("manager").post(reverse("approvals:step", args=[case.ref, "approve"]), data_for(town, case))
    assert response.status_code == 403
    assert "approver" in response.content.decode()
    case = cases["review"]
    data = {**data_for(town, case), "comment": "字字保留"}
    response = browsers("manager").post(reverse("approvals:step", args=[case.ref, "reject"]), data)
    text = response.content.decode()
    assert response.status_code == 409
    assert "Still under review" in text
    assert "字字保留" in text


def test_unknown_step_is_not_found(town, cases, browsers):
    case = cases["decision"]
    for action in ("explode", "to_experts2", "State", "__init__"):
        address = reverse("approvals:step", args=[case.ref, action])
        assert browsers("approver").post(address, data_for(town, case)).status_code == 404


@pytest.mark.parametrize("seen", ["", "x", "-1", "1e3", "999999999999999999999", "1\0"])
def test_version_that_is_no_number_is_answered_and_moves_nothing(town, cases, browsers, seen):
    case = fresh(cases["decision"])
    before = marks(case)
    data = {**data_for(town, case), "expected_version": seen}
    response = browsers("approver").post(reverse("approvals:step", args=[case.ref, "approve"]), data)
    assert response.status_code in {200, 409}
    assert marks(case) == before
