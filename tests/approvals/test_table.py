"""Every state × action × role against a table written by hand from the domain's rules, not made from the code."""

from dataclasses import replace
from itertools import cycle

import pytest
from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from accounts.roles import ASSIGNABLE, Role
from approvals import checks
from approvals.database import edges
from approvals.errors import Blocked, NotOffered
from approvals.machine import verbs
from approvals.models import Case, Edge, Review
from approvals.names import ReviewStatus
from approvals.reviews import REVIEW_STEPS
from approvals.services import REVIEW, STEPS, perform_review
from approvals.step import Step
from approvals.workflow import WORKFLOW
from projects.states import ENDINGS, State
from tests.approvals.acting import Undo, guards_down, put, said, the_system
from tests.approvals.expected_table import EXPECTED, GUARDS, REVIEWS
from tests.cast import make_case

SEATS = {"planning": "planner", "requirements": "requirements", "standards": "standards", "expert": "expert"}
ROLES = (
    "applicant", "endorser", "intake", "planner", "requirements", "standards", "expert", "manager", "approver",
    "finance", "steward", "auditor", "secadmin", "sysadmin", "system",
)  # fmt: skip
STATES = (
    "draft", "endorsement", "intake", "correction", "screening", "review", "adjudication", "expert_review", "decision",
    "approved", "deferred", "rejected", "merged", "reuse", "filed", "withdrawn",
)  # fmt: skip
FINAL = {"approved", "rejected", "merged", "reuse", "filed", "withdrawn"}


def rows(text):
    """(source, action) → (target, who, whether a reason is asked)."""
    parts = [line.replace("!", "").split() + ["!" in line] for line in text.strip().splitlines()]
    return {(row[0], row[1]): (row[2], set(row[3].split(",")) if len(row) > 4 else set(), row[-1]) for row in parts}


TABLE, REVIEW_TABLE = rows(EXPECTED), rows(REVIEWS)
ACTIONS = sorted({action for _source, action in TABLE})


def actors(city):
    """One person for each of the fifteen roles."""
    people = {role: getattr(city, role, None) for role in ROLES}
    return {**people, "expert": city.expert1, "system": the_system()}


def test_names_are_the_ones_the_table_speaks_of():
    assert sorted(State.values) == sorted(STATES)
    assert sorted(Role.values) == sorted(ROLES)
    assert {state.value for state in ENDINGS} == FINAL
    assert (len(TABLE), len(REVIEW_TABLE)) == (len(WORKFLOW), len(REVIEW_STEPS))


def test_every_state_action_and_role_is_as_expected():
    wrong = []
    for state in STATES:
        for action in ACTIONS:
            step = STEPS.get((state, action))
            for role in ROLES:
                target, who, _reason = TABLE.get((state, action), ("", set(), False))
                expected = target if role in who else "refused"
                found = step.target.value if step and role in {held.value for held in step.by} else "refused"
                if found != expected:
                    wrong.append(f"{state:14} {action:22} {role:13} expected {expected}, found {found}")
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize(("table", "steps"), [(TABLE, STEPS), (REVIEW_TABLE, REVIEW)])
def test_every_row_has_its_target_guards_and_reason(table, steps):
    asked = {key: (step.target.value, step.comment) for key, step in steps.items()}
    assert asked == {key: (target, reason) for key, (target, _who, reason) in table.items()}
    found = {f"{source} {action}": step.guards for (source, action), step in steps.items()}
    named = {key: [guard.__name__ for guard in guards] for key, guards in found.items()}
    assert named == {key: GUARDS.get(key, "").split() for key in found}


@pytest.mark.django_db
def test_door_answers_every_state_action_and_role_as_expected(city):
    case, people, wrong = make_case(city, State.DECISION), actors(city), []
    turn = cycle(ROLES)
    for state in STATES:
        put(case, state)
        for action in ACTIONS:
            target, who, _reason = TABLE.get((state, action), ("", set(), False))
            # A step that no row names is refused before anybody is looked at: one role a time is enough.
            for role in ROLES if target else [next(turn)]:
                answer = said(case, action, people[role])
                right = answer in {target, "blocked"} if role in who else answer == "refused"
                if not right:
                    wrong.append(f"{state:14} {action:22} {role:13} the door said {answer}")
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.django_db
def test_door_answers_every_review_status_action_and_role_as_expected(city):
    case, people, wrong = make_case(city, State.EXPERT_REVIEW, amount="150.00"), actors(city), []
    turn = cycle(ROLES)
    for kind, seat in SEATS.items():
        put(case, State.EXPERT_REVIEW if kind == "expert" else State.REVIEW)
        review = Review.objects.get(project_id=case.pk, kind=kind, reviewer=people[seat])
        for status in ReviewStatus.values:
            with guards_down() as cursor:
                cursor.execute("UPDATE approvals_review SET status = %s WHERE id = %s", [status, review.pk])
            for action in sorted({action for _status, action in REVIEW_TABLE}):
                known = (status, action) in REVIEW_TABLE
                # All roles at one unified review and at an expert's; at its two siblings those who could be mixed up.
                likely = ROLES if kind in {"planning", "expert"} else [*SEATS.values(), "manager", next(turn)]
                for role in likely if known else [next(turn)]:
                    answer = answer_to(review, action, people[role])
                    if answer != ("heard" if known and role in who(status, action, kind) else "refused"):
                        wrong.append(f"{kind:12} {status:22} {action:28} {role:12} {answer}")
    assert not wrong, "\n" + "\n".join(wrong)


def who(status, action, kind):
    """The roles that the door listens to at a review of that kind."""
    said_of = REVIEW_TABLE[status, action][1] or {"holder"}
    if kind == "expert" and said_of & {"signer", "manager"}:
        return set()
    return {SEATS[kind] if name in {"holder", "signer"} else name for name in said_of}


def answer_to(review, action, actor):
    """Whether the door looks at the facts for that person at all; nothing stays."""
    try:
        with transaction.atomic():
            perform_review(review_id=review.pk, action=action, actor=actor, comment="意见")
            raise Undo
    except NotOffered:
        return "refused"
    except (Undo, Blocked):
        return "heard"


def reached(table, start):
    """Everything that can be reached from `start` along (source, target) pairs."""
    found, frontier = {start}, [start]
    while frontier:
        here = frontier.pop()
        onward = {target for source, target in table if source == here} - found
        found |= onward
        frontier += onward
    return found


@pytest.mark.parametrize(
    ("steps", "start", "final"),
    [
        (WORKFLOW, "draft", FINAL),
        (REVIEW_STEPS, "not_started", {"passed", "passed_with_conditions", "failed", "info_needed", "recused"}),
    ],
)
def test_every_state_is_reached_and_none_is_a_dead_end(steps, start, final):
    arrows = {(step.source.value, step.target.value) for step in steps}
    names = {state.value for state in type(steps[0].source)}
    assert reached(arrows, start) == names
    assert {name for name in names if not reached(arrows, name) & final} == set()
    assert not {source for source, target in arrows if source != target} & final


def test_every_open_state_has_a_person_who_can_move_it():
    for state in set(STATES) - FINAL:
        people = {role for step in WORKFLOW if step.source == state and step.target != state for role in step.by}
        assert people & set(ASSIGNABLE), state
    for status in ("not_started", "in_progress"):
        assert {role for step in REVIEW_STEPS if step.source == status for role in step.by} & set(ASSIGNABLE), status


def test_source_and_action_are_unique():
    keys = [(step.source, step.action) for step in (*WORKFLOW, *REVIEW_STEPS)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(("model", "steps"), [(Case, WORKFLOW), (Review, REVIEW_STEPS)])
def test_every_verb_is_written_out_and_moves_as_the_table_says(model, steps):
    written = {name for name, method in vars(model).items() if hasattr(method, "_django_fsm")}
    assert written == {step.action for step in steps}
    for name in written:
        arrows = {(row.source, row.target) for row in getattr(model, name)._django_fsm.transitions.values()}
        assert arrows == {(step.source, step.target) for step in steps if step.action == name}


def test_misspelt_verb_is_an_error_at_import():
    def aprove(self):
        """Nothing of that name is in the table."""

    with pytest.raises(LookupError, match="aprove"):
        verbs(WORKFLOW, "state")(aprove)


@pytest.mark.django_db
def test_database_lets_exactly_these_arrows_pass():
    wanted = {(source, action, target) for (source, action), (target, _who, _reason) in TABLE.items()}
    held = {action for _status, action in REVIEW_TABLE}
    wanted |= {(state, action, state) for action in held for state in ("review", "expert_review")}
    assert edges() == wanted
    assert set(Edge.objects.values_list("source", "action", "target")) == wanted


def test_check_finds_an_unsound_table(monkeypatch):
    assert checks.tables_are_sound(None) == []
    lost = Step(State.DEFERRED, "vanish", State.DRAFT, (Role.APPLICANT,), "")
    out = tuple(step for step in WORKFLOW if State.DEFERRED not in {step.source, step.target})
    for table, found in [
        ((*WORKFLOW, replace(WORKFLOW[0], target=State.INTAKE)), "approvals.E001"),
        ((*WORKFLOW, lost), "approvals.E002"),
        (out, "approvals.E003"),
        (out, "approvals.E004"),
    ]:
        monkeypatch.setattr(checks, "WORKFLOW", table)
        assert found in {error.id for error in checks.tables_are_sound(None)}


@pytest.mark.skipif(
    not (settings.BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo").exists(), reason="no catalogue yet"
)
def test_every_label_has_a_translation():
    steps = (*WORKFLOW, *REVIEW_STEPS)
    with override("en"):
        english = [str(step.label) for step in steps]
    with override("zh-hans"):
        assert [text for text, step in zip(english, steps, strict=True) if text == str(step.label)] == []
