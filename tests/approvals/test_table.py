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
from tests.cast import make_case

# from, action, to, who; then "!" where the actor must say why.
EXPECTED = """
draft          submit                 endorsement    applicant
endorsement    endorse                intake         endorser        !
endorsement    skip_endorsement       intake         system
endorsement    send_back              draft          endorser        !
intake         accept                 screening      intake
intake         return_for_correction  correction     intake          !
intake         file                   filed          intake          !
intake         reject                 rejected       intake          !
correction     resubmit               intake         applicant
correction     lapse                  withdrawn      system
screening      pass_screening         review         system
screening      rescreen               screening      manager,intake
review         return_for_correction  correction     manager,intake  !
review         reject                 rejected       manager         !
review         rescreen               review         manager,intake
review         to_adjudication        adjudication   system
review         to_experts             expert_review  system
review         to_decision            decision       system
adjudication   adjudicate             adjudication   manager         !
adjudication   return_for_correction  correction     manager         !
adjudication   rescreen               adjudication   manager,intake
adjudication   to_experts             expert_review  system
adjudication   to_decision            decision       system
adjudication   merge                  merged         manager         !
adjudication   redirect               reuse          manager         !
adjudication   reject                 rejected       manager         !
adjudication   propose_ending         adjudication   manager         !
adjudication   confirm_merge          merged         approver        !
adjudication   confirm_redirect       reuse          approver        !
adjudication   confirm_reject         rejected       approver        !
adjudication   decline_ending         adjudication   approver        !
expert_review  to_decision            decision       manager         !
expert_review  return_for_correction  correction     manager         !
expert_review  draw_experts           expert_review  manager
expert_review  replace_expert         expert_review  manager         !
decision       approve                approved       approver        !
decision       defer                  deferred       approver        !
decision       reject                 rejected       approver        !
decision       return_for_correction  correction     approver        !
deferred       take_up                draft          applicant
review         waive                  review         manager         !
adjudication   waive                  adjudication   manager         !
expert_review  waive                  expert_review  manager         !
decision       waive                  decision       manager         !
approved       waive                  approved       manager         !
review         end_waiver             review         planner,requirements,standards  !
adjudication   end_waiver             adjudication   planner,requirements,standards  !
expert_review  end_waiver             expert_review  planner,requirements,standards  !
decision       end_waiver             decision       planner,requirements,standards  !
approved       end_waiver             approved       planner,requirements,standards  !
review         lapse_waiver           review         system
adjudication   lapse_waiver           adjudication   system
expert_review  lapse_waiver           expert_review  system
decision       lapse_waiver           decision       system
approved       lapse_waiver           approved       system
endorsement    recall                 draft          applicant
intake         recall                 draft          applicant
intake         recall_correction      correction     applicant
intake         recall_endorsement     endorsement    endorser
endorsement    suspend                endorsement    manager         !
intake         suspend                intake         manager         !
correction     suspend                correction     manager         !
screening      suspend                screening      manager         !
review         suspend                review         manager         !
adjudication   suspend                adjudication   manager         !
expert_review  suspend                expert_review  manager         !
decision       suspend                decision       manager         !
endorsement    resume                 endorsement    manager
intake         resume                 intake         manager
correction     resume                 correction     manager
screening      resume                 screening      manager
review         resume                 review         manager
adjudication   resume                 adjudication   manager
expert_review  resume                 expert_review  manager
decision       resume                 decision       manager
intake         extend                 intake         manager         !
review         extend                 review         manager         !
adjudication   extend                 adjudication   manager         !
expert_review  extend                 expert_review  manager         !
decision       extend                 decision       manager         !
draft          withdraw               withdrawn      applicant       !
endorsement    withdraw               withdrawn      applicant       !
intake         withdraw               withdrawn      applicant       !
correction     withdraw               withdrawn      applicant       !
screening      withdraw               withdrawn      applicant       !
review         withdraw               withdrawn      applicant       !
adjudication   withdraw               withdrawn      applicant       !
expert_review  withdraw               withdrawn      applicant       !
decision       withdraw               withdrawn      applicant       !
deferred       withdraw               withdrawn      applicant       !
"""
# "holder": whoever has the role of the review; "signer": the same, but no expert; "manager" also of unified reviews.
REVIEWS = """
not_started    review_open                  in_progress
in_progress    review_pass                  passed
in_progress    review_pass_with_conditions  passed_with_conditions
in_progress    review_ask                   info_needed
in_progress    review_fail                  failed                  !
not_started    review_recuse                recused                 !
in_progress    review_recuse                recused                 !
not_started    seat_take                    not_started   signer
in_progress    seat_take                    in_progress   signer
in_progress    seat_sign                    in_progress   signer
in_progress    seat_take_back               in_progress   signer
not_started    seat_add                     not_started   signer,manager  !
in_progress    seat_add                     in_progress   signer,manager  !
not_started    seat_remove                  not_started   signer,manager  !
in_progress    seat_remove                  in_progress   signer,manager  !
not_started    seat_transfer                not_started   signer,manager  !
in_progress    seat_transfer                in_progress   signer,manager  !
in_progress    seat_delegate                in_progress   signer  !
in_progress    seat_give_back               in_progress   signer  !
not_started    seat_recuse                  not_started   signer  !
in_progress    seat_recuse                  in_progress   signer  !
not_started    seat_release                 not_started   system
in_progress    seat_release                 in_progress   system
not_started    review_vacate                recused       system
in_progress    review_vacate                recused       system
in_progress    seats_pass                   passed        system
in_progress    seats_pass_with_conditions   passed_with_conditions  system
in_progress    seats_ask                    info_needed   system
in_progress    seats_fail                   failed        system
"""
FILING = "declared_unclassified is_complete"
CLEARED = "screening_succeeded data_is_sufficient reviews_passed majors_cured_or_waived no_open_findings"
HERE = "case_is_under_review review_is_current"
SHEET = f"{HERE} every_item_has_a_verdict every_criterion_has_points"
DONE = f"{SHEET} opinion_given signs_alone"
MOVES = ("take", "take_back", "add", "remove", "transfer", "delegate", "give_back")
# What must hold before a step; a step that is not named here needs nothing.
GUARDS = {
    "draft submit": f"{FILING} round_is_open carry_over_allows",
    "endorsement skip_endorsement": "unit_supervises_itself",
    "endorsement send_back": "has_items",
    "intake accept": FILING.replace("is_complete", "is_complete_for_acceptance"),
    "intake return_for_correction": "has_items",
    "intake file": f"{FILING} may_be_filed",
    "intake reject": "clause_cited",
    "correction resubmit": f"{FILING} every_item_answered",
    "correction lapse": "correction_has_lapsed",
    "screening pass_screening": "screening_succeeded",
    "screening rescreen": "screening_did_not_succeed",
    "review rescreen": "screening_did_not_succeed",
    "adjudication rescreen": "screening_did_not_succeed",
    "review return_for_correction": "reviews_concluded has_items",
    "review reject": "reviews_concluded a_review_failed",
    "review to_adjudication": "screening_succeeded reviews_passed has_open_findings",
    "review to_experts": f"{CLEARED} tier_needs_experts",
    "review to_decision": f"{CLEARED} tier_needs_no_experts",
    "adjudication adjudicate": "findings_named batch_is_amber applicant_was_heard reason_is_coded",
    "adjudication return_for_correction": "something_to_correct",
    "adjudication to_experts": f"{CLEARED} tier_needs_experts",
    "adjudication to_decision": f"{CLEARED} tier_needs_no_experts",
    "adjudication merge": "within_manager_authority target_named",
    "adjudication redirect": "within_manager_authority target_named",
    "adjudication reject": "within_manager_authority",
    "adjudication propose_ending": "above_manager_authority target_named",
    "adjudication confirm_merge": "proposed_merge",
    "adjudication confirm_redirect": "proposed_redirect",
    "adjudication confirm_reject": "proposed_reject",
    "adjudication decline_ending": "an_ending_is_proposed",
    "expert_review to_decision": f"{CLEARED} quorum_reached",
    "expert_review draw_experts": "places_are_free pool_has_experts",
    "expert_review replace_expert": "seat_may_be_replaced pool_has_experts",
    "expert_review return_for_correction": "quorum_reached has_items",
    "decision approve": f"{CLEARED} screening_is_fresh version_is_unchanged quorum_reached "
    "is_complete_for_approval amount_within_reviewed",
    "decision return_for_correction": "has_items",
    "not_started review_open": f"{HERE} its_turn interest_is_declared first_seat_is_free",
    "in_progress review_pass": f"{DONE} nothing_found its_lines_are_closed",
    "in_progress review_pass_with_conditions": f"{DONE} something_found no_veto_failed majors_waived its_lines_are_closed",
    "in_progress review_ask": f"{DONE} something_found",
    "in_progress review_fail": f"{DONE} a_veto_failed",
    "not_started review_recuse": f"{HERE} steps_back_in_person",
    "in_progress review_recuse": f"{HERE} steps_back_in_person",
    "in_progress seat_sign": f"{SHEET} may_sign sheet_is_as_seen outcome_fits_the_sheet",
}
BEGUN = ("not_started", "in_progress")
GUARDS |= {f"{status} seat_{move}": f"{HERE} may_{move}" for status in BEGUN for move in MOVES}
GUARDS |= {f"{status} seat_recuse": f"{HERE} does_not_lead may_recuse" for status in BEGUN}
GUARDS |= {f"{status} seat_release": f"{HERE} somebody_has_left" for status in BEGUN}
GUARDS |= {f"{status} review_vacate": f"{HERE} the_expert_has_left" for status in BEGUN}
OUTCOMES = ("pass", "pass_with_conditions", "ask", "fail")
GUARDS |= {f"in_progress seats_{outcome}": f"{HERE} signatures_say_{outcome}" for outcome in OUTCOMES}
RECALLABLE = ("endorsement", "intake")
SUSPENDABLE = (
    "endorsement", "intake", "correction", "screening", "review", "adjudication", "expert_review", "decision",
)  # fmt: skip
GUARDS |= {f"{state} recall": "submission_is_untouched can_be_filed_again" for state in RECALLABLE}
GUARDS |= {
    "intake recall_correction": "correction_is_untouched time_for_correction_is_left",
    "intake recall_endorsement": "endorsement_is_untouched",
}
GUARDS |= {f"{state} suspend": "is_not_suspended" for state in SUSPENDABLE}
GUARDS |= {f"{state} resume": "is_suspended" for state in SUSPENDABLE}
WAIVABLE = ("review", "adjudication", "expert_review", "decision", "approved")
GUARDS |= {f"{state} waive": "item_may_be_waived waiver_is_bounded" for state in WAIVABLE}
EXTENDABLE = ("intake", "review", "adjudication", "expert_review", "decision")
GUARDS |= {f"{state} extend": "not_extended_yet extension_is_bounded" for state in EXTENDABLE}
GUARDS |= {f"{state} end_waiver": "waiver_is_yours_to_end" for state in WAIVABLE}
GUARDS |= {f"{state} lapse_waiver": "a_waiver_has_run_out" for state in WAIVABLE}
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
                for role in ROLES if known else [next(turn)]:
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
