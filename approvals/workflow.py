"""THE TABLE: every step of the approval phase (domain reference §3.3, rows 2–22 and 31)."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from approvals import adjudication_guards as adjudication
from approvals import (
    clock_effects,
    clock_guards,
    desk_effects,
    desk_guards,
    effects,
    expert_effects,
    expert_guards,
    guards,
    waiver_effects,
)
from approvals import notice_guards as notices
from approvals import waiver_guards as waivers
from approvals.names import Ending
from approvals.step import Step, from_each
from projects.states import PRE_APPROVAL, State

# What lets a case leave the reviews or the adjudication towards a decision (row 15, promises 1 and 2).
CLEARED = (
    guards.screening_succeeded,
    guards.data_is_sufficient,
    guards.reviews_passed,
    waivers.majors_cured_or_waived,
    guards.no_open_findings,
)
# Checked again in the transaction of the approval (row 21).
INVARIANTS = (*CLEARED, guards.screening_is_fresh, guards.version_is_unchanged, guards.quorum_reached)
COORDINATORS = (Role.MANAGER, Role.INTAKE)
FILING = (guards.declared_unclassified, guards.is_complete)
ACCEPTING = (guards.declared_unclassified, guards.is_complete_for_acceptance)
# What a notice is asked before it is sent, and what its sender enters: lines added, or all of them as edited.
NOTICE = (notices.notice_was_looked_at, notices.notice_is_new_or_uncured)
LINES = ("items", "lines", "considered", "dropped")
REVIEWERS = (Role.PLANNER, Role.REQUIREMENTS, Role.STANDARDS)
# Where a failed major item may be waived: from the reviews to the decision; afterwards a waiver may still be renewed.
WAIVABLE = (State.REVIEW, State.ADJUDICATION, State.EXPERT_REVIEW, State.DECISION, State.APPROVED)
# What the manager can suspend: everything that is on its way. A draft and a deferred project run no clock.
SUSPENDABLE = tuple(state for state in PRE_APPROVAL if state not in {State.DRAFT, State.DEFERRED})
# Where the office has the case under a limit; it may be extended once for each stay.
EXTENDABLE = (State.INTAKE, State.REVIEW, State.ADJUDICATION, State.EXPERT_REVIEW, State.DECISION)

WORKFLOW: tuple[Step, ...] = (
    # --- filing (rows 2–4) ---
    Step(
        State.DRAFT, "submit", State.ENDORSEMENT, (Role.APPLICANT,), _("Submit"),
        guards=(*FILING, guards.round_is_open, guards.carry_over_allows), first=(effects.snapshot,),
    ),
    Step(
        State.ENDORSEMENT, "endorse", State.INTAKE, (Role.ENDORSER,), _("Endorse"), comment=True,
    ),
    Step(
        State.ENDORSEMENT, "skip_endorsement", State.INTAKE, (Role.SYSTEM,), _("No endorsement needed"),
        guards=(guards.unit_supervises_itself,),
    ),
    Step(
        State.ENDORSEMENT, "send_back", State.DRAFT, (Role.ENDORSER,), _("Send back to the unit"),
        guards=(guards.has_items,), then=(effects.issue_notice,), comment=True, fields=("items",), tone="secondary",
    ),
    # --- taken back by the sender before anybody acts on it (撤回) ---
    *from_each(
        (State.ENDORSEMENT, State.INTAKE), action="recall", target=State.DRAFT, by=(Role.APPLICANT,),
        label=_("Take the submission back"),
        guards=(desk_guards.submission_is_untouched, desk_guards.can_be_filed_again),
        duty=False, quiet=True, tone="secondary",
    ),
    Step(
        State.INTAKE, "recall_correction", State.CORRECTION, (Role.APPLICANT,), _("Take the corrected version back"),
        guards=(desk_guards.correction_is_untouched, desk_guards.time_for_correction_is_left),
        then=(desk_effects.as_before, desk_effects.reopen_notice), duty=False, quiet=True, tone="secondary",
    ),
    Step(
        State.INTAKE, "recall_endorsement", State.ENDORSEMENT, (Role.ENDORSER,), _("Take the opinion back"),
        guards=(desk_guards.endorsement_is_untouched,), then=(desk_effects.as_before,), duty=False, quiet=True,
        tone="secondary",
    ),
    # --- intake (rows 5–10) ---
    Step(
        State.INTAKE, "accept", State.SCREENING, (Role.INTAKE,), _("Accept"),
        guards=ACCEPTING, first=(effects.note_screening,),
        then=(effects.close_intake_lines, effects.screen_or_carry),
    ),
    Step(
        State.INTAKE, "return_for_correction", State.CORRECTION, (Role.INTAKE,), _("Return for correction"),
        guards=(guards.has_items, *NOTICE), then=(effects.issue_notice,), comment=True, fields=LINES, tone="secondary",
    ),
    Step(
        State.INTAKE, "file", State.FILED, (Role.INTAKE,), _("File"), guards=(*FILING, guards.may_be_filed),
        first=(effects.note_screening,), then=(effects.screen_or_carry,), comment=True, tone="secondary",
        copies=(Role.FINANCE,),
    ),
    Step(
        State.INTAKE, "reject", State.REJECTED, (Role.INTAKE,), _("Reject"), guards=(guards.clause_cited,),
        comment=True, fields=("clause",), tone="danger",
    ),
    Step(
        State.CORRECTION, "resubmit", State.INTAKE, (Role.APPLICANT,), _("Submit the corrected version"),
        guards=(*FILING, guards.every_item_answered), first=(effects.snapshot,), then=(effects.close_notice,),
    ),
    Step(
        State.CORRECTION, "lapse", State.WITHDRAWN, (Role.SYSTEM,), _("Time for correction ran out"),
        guards=(guards.correction_has_lapsed,),
    ),
    # --- screening (row 11) ---
    Step(
        State.SCREENING, "pass_screening", State.REVIEW, (Role.SYSTEM,), _("Screening succeeded"),
        guards=(guards.screening_succeeded,), first=(effects.note_reviews,), then=(effects.open_reviews,),
    ),
    Step(
        State.SCREENING, "rescreen", State.SCREENING, COORDINATORS, _("Run the screening again"),
        guards=(guards.screening_did_not_succeed,), then=(effects.request_screening,),
    ),
    # --- three reviews in parallel (rows 12–16) ---
    Step(
        State.REVIEW, "return_for_correction", State.CORRECTION, COORDINATORS, _("Return for correction"),
        guards=(guards.reviews_concluded, guards.has_items, *NOTICE), then=(effects.issue_notice,), comment=True,
        fields=LINES, tone="secondary",
    ),
    Step(
        State.REVIEW, "reject", State.REJECTED, (Role.MANAGER,), _("Do not approve"),
        guards=(guards.reviews_concluded, guards.a_review_failed), comment=True, tone="danger",
    ),
    Step(
        State.REVIEW, "rescreen", State.REVIEW, COORDINATORS, _("Run the screening again"),
        guards=(guards.screening_did_not_succeed,), then=(effects.request_screening,), duty=False, tone="secondary",
    ),
    Step(
        State.REVIEW, "to_adjudication", State.ADJUDICATION, (Role.SYSTEM,), _("Duplicate findings to settle"),
        guards=(guards.screening_succeeded, guards.reviews_passed, guards.has_open_findings),
    ),
    Step(
        State.REVIEW, "to_experts", State.EXPERT_REVIEW, (Role.SYSTEM,), _("Before experts"),
        guards=(*CLEARED, guards.tier_needs_experts), first=(effects.note_experts, expert_effects.prepare_panel),
        then=(expert_effects.seat_drawn,),
    ),
    Step(
        State.REVIEW, "to_decision", State.DECISION, (Role.SYSTEM,), _("To decision"),
        guards=(*CLEARED, guards.tier_needs_no_experts),
    ),
    # --- duplicate adjudication (rows 17–19) ---
    Step(
        State.ADJUDICATION, "adjudicate", State.ADJUDICATION, (Role.MANAGER,), _("Adjudicate findings"),
        guards=(
            *(adjudication.findings_named, adjudication.batch_is_amber),
            *(adjudication.applicant_was_heard, adjudication.reason_is_coded),
        ),
        then=(effects.settle_findings,), comment=True, fields=("findings", "decision", "reason_code", "expires_on"),
    ),
    Step(
        State.ADJUDICATION, "return_for_correction", State.CORRECTION, (Role.MANAGER,), _("Return for correction"),
        guards=(adjudication.something_to_correct, *NOTICE), then=(effects.issue_notice,), comment=True,
        fields=LINES, tone="secondary",
    ),
    Step(
        State.ADJUDICATION, "rescreen", State.ADJUDICATION, COORDINATORS, _("Run the screening again"),
        guards=(guards.screening_did_not_succeed,), then=(effects.request_screening,), duty=False, tone="secondary",
    ),
    Step(
        State.ADJUDICATION, "to_experts", State.EXPERT_REVIEW, (Role.SYSTEM,), _("Before experts"),
        guards=(*CLEARED, guards.tier_needs_experts), first=(effects.note_experts, expert_effects.prepare_panel),
        then=(expert_effects.seat_drawn,),
    ),
    Step(
        State.ADJUDICATION, "to_decision", State.DECISION, (Role.SYSTEM,), _("To decision"),
        guards=(*CLEARED, guards.tier_needs_no_experts),
    ),
    Step(
        State.ADJUDICATION, "merge", State.MERGED, (Role.MANAGER,), _("Merge into another project"),
        guards=(adjudication.within_manager_authority, adjudication.target_named), comment=True,
        fields=("target_project",), duty=False, tone="danger",
    ),
    Step(
        State.ADJUDICATION, "redirect", State.REUSE, (Role.MANAGER,), _("Redirect to reuse"),
        guards=(adjudication.within_manager_authority, adjudication.target_named), comment=True,
        fields=("target_system",), duty=False, tone="danger",
    ),
    Step(
        State.ADJUDICATION, "reject", State.REJECTED, (Role.MANAGER,), _("Do not approve"),
        guards=(adjudication.within_manager_authority,), comment=True, duty=False, tone="danger",
    ),
    Step(
        State.ADJUDICATION, "propose_ending", State.ADJUDICATION, (Role.MANAGER,), _("Propose an ending"),
        guards=(adjudication.above_manager_authority, adjudication.target_named), comment=True,
        fields=("ending", "target_project", "target_system"), duty=False, tone="secondary",
    ),
    Step(
        State.ADJUDICATION, "confirm_merge", State.MERGED, (Role.APPROVER,), _("Confirm the merger"),
        guards=(adjudication.proposed(Ending.MERGE),), comment=True, tone="danger",
    ),
    Step(
        State.ADJUDICATION, "confirm_redirect", State.REUSE, (Role.APPROVER,), _("Confirm the reuse"),
        guards=(adjudication.proposed(Ending.REDIRECT),), comment=True, tone="danger",
    ),
    Step(
        State.ADJUDICATION, "confirm_reject", State.REJECTED, (Role.APPROVER,), _("Confirm the rejection"),
        guards=(adjudication.proposed(Ending.REJECT),), comment=True, tone="danger",
    ),
    Step(
        State.ADJUDICATION, "decline_ending", State.ADJUDICATION, (Role.APPROVER,), _("Decline the proposal"),
        guards=(adjudication.an_ending_is_proposed,), comment=True, tone="secondary",
    ),
    # --- experts (row 20) ---
    Step(
        State.EXPERT_REVIEW, "to_decision", State.DECISION, (Role.MANAGER,), _("Close the expert review"),
        guards=(*CLEARED, guards.quorum_reached), comment=True,
    ),
    Step(
        State.EXPERT_REVIEW, "return_for_correction", State.CORRECTION, (Role.MANAGER,), _("Return for correction"),
        guards=(guards.quorum_reached, guards.has_items, *NOTICE), then=(effects.issue_notice,), comment=True,
        fields=LINES, tone="secondary",
    ),
    Step(
        State.EXPERT_REVIEW, "draw_experts", State.EXPERT_REVIEW, (Role.MANAGER,), _("Draw experts"),
        guards=(expert_guards.places_are_free, expert_guards.pool_has_experts),
        first=(expert_effects.draw_panel,), then=(expert_effects.seat_drawn,), duty=False, quiet=True,
    ),
    Step(
        State.EXPERT_REVIEW, "replace_expert", State.EXPERT_REVIEW, (Role.MANAGER,), _("Replace an expert"),
        guards=(expert_guards.seat_may_be_replaced, expert_guards.pool_has_experts),
        first=(expert_effects.draw_replacement,), then=(expert_effects.seat_drawn,), comment=True, fields=("expert",),
        duty=False, quiet=True, tone="secondary",
    ),
    # --- decision (rows 21–22) ---
    Step(
        State.DECISION, "approve", State.APPROVED, (Role.APPROVER,), _("Approve"),
        guards=(*INVARIANTS, guards.is_complete_for_approval, guards.amount_within_reviewed), then=(effects.grant,),
        comment=True, fields=("approved_amount", "conditions"), copies=(Role.FINANCE,),
    ),
    Step(
        State.DECISION, "defer", State.DEFERRED, (Role.APPROVER,), _("Defer"), comment=True, tone="secondary",
    ),
    Step(
        State.DECISION, "reject", State.REJECTED, (Role.APPROVER,), _("Do not approve"), comment=True, tone="danger",
    ),
    Step(
        State.DECISION, "return_for_correction", State.CORRECTION, (Role.APPROVER,), _("Return for correction"),
        guards=(guards.has_items, *NOTICE), then=(effects.issue_notice,), comment=True, fields=LINES, tone="secondary",
    ),
    # --- waivers of failed major items: granted or renewed, ended when cured, lapsed on their last day ---
    *from_each(
        WAIVABLE, action="waive", target=None, by=(Role.MANAGER,), label=_("Grant a waiver"),
        guards=(waivers.item_may_be_waived, waivers.waiver_is_bounded), then=(waiver_effects.grant_waiver,),
        comment=True, fields=("item", "measure", "until"), duty=False, quiet=True, tone="secondary",
    ),
    *from_each(
        WAIVABLE, action="end_waiver", target=None, by=REVIEWERS, label=_("Confirm that a waived item is cured"),
        guards=(waivers.waiver_is_yours_to_end,), then=(waiver_effects.end_waiver,), comment=True,
        fields=("item", "evidence"), duty=False, quiet=True, tone="secondary",
    ),
    *from_each(
        WAIVABLE, action="lapse_waiver", target=None, by=(Role.SYSTEM,), label=_("A waiver has run out"),
        guards=(waivers.a_waiver_has_run_out,), then=(waiver_effects.lapse_waivers,), while_suspended=True,
    ),
    # --- back from the demand pool, and withdrawal (row 31) ---
    Step(
        State.DEFERRED, "take_up", State.DRAFT, (Role.APPLICANT,), _("Take up again"), then=(effects.join_open_round,),
    ),
    *from_each(
        PRE_APPROVAL, action="withdraw", target=State.WITHDRAWN, by=(Role.APPLICANT,), label=_("Withdraw"),
        then=(desk_effects.end_suspension,), comment=True, duty=False, while_suspended=True, tone="danger",
    ),
    # --- suspended and resumed (挂起, 恢复): meanwhile only withdrawing and the end of a waiver go on ---
    *from_each(
        SUSPENDABLE, action="suspend", target=None, by=(Role.MANAGER,), label=_("Suspend"),
        guards=(desk_guards.is_not_suspended,), then=(desk_effects.suspend,), comment=True, duty=False, quiet=True,
        while_suspended=True, tone="secondary",
    ),
    *from_each(
        SUSPENDABLE, action="resume", target=None, by=(Role.MANAGER,), label=_("Resume"),
        guards=(desk_guards.is_suspended,), then=(desk_effects.resume,), duty=False, quiet=True, while_suspended=True,
    ),
    # --- more time, once for each stay; the clock, not the case, moves (延期) ---
    *from_each(
        EXTENDABLE, action="extend", target=None, by=(Role.MANAGER,), label=_("Extend the time limit"),
        guards=(clock_guards.not_extended_yet, clock_guards.extension_is_bounded), then=(clock_effects.extend,),
        comment=True, fields=("days",), duty=False, quiet=True, tone="secondary",
    ),
)  # fmt: skip
