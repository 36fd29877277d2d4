"""THE SECOND TABLE: the steps of one review (domain reference §3.4). Same machinery as the project's."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from approvals import review_effects as effects
from approvals import review_guards as guards
from approvals import seat_effects as seats
from approvals import seat_guards as seating
from approvals.expert_guards import every_criterion_has_points, interest_is_declared
from approvals.names import OPEN, Outcome, ReviewStatus
from approvals.notice_guards import its_lines_are_closed
from approvals.step import Guard, Step, from_each

REVIEWERS = (Role.PLANNER, Role.REQUIREMENTS, Role.STANDARDS, Role.EXPERT)
# An expert gives the own opinion: nobody is seated beside them, and it is handed to nobody.
SIGNERS = (Role.PLANNER, Role.REQUIREMENTS, Role.STANDARDS)
ASSIGNERS = (*SIGNERS, Role.MANAGER)
SYSTEM = (Role.SYSTEM,)
BEGUN = (ReviewStatus.IN_PROGRESS,)
HERE = (guards.case_is_under_review, guards.review_is_current)
SHEET = (*HERE, guards.every_item_has_a_verdict, every_criterion_has_points)
# With one seat the reviewer's conclusion is the review's; with several each signs, and the signatures conclude.
COMPLETE = (*SHEET, guards.opinion_given, seating.signs_alone)
OUTCOMES: dict[Outcome, tuple[ReviewStatus, Any]] = {
    Outcome.PASS: (ReviewStatus.PASSED, _("Signatures: pass")),
    Outcome.CONDITIONAL: (ReviewStatus.CONDITIONAL, _("Signatures: pass with conditions")),
    Outcome.ASK: (ReviewStatus.INFO_NEEDED, _("Signatures: ask for correction")),
    Outcome.FAIL: (ReviewStatus.FAILED, _("Signatures: do not pass")),
}


def _seats(
    move: str, label: Any, sources: Iterable[ReviewStatus], *, by: tuple[Role, ...] = SIGNERS,
    fields: tuple[str, ...] = (), guards: tuple[Guard, ...] = (), comment: bool = True,
) -> tuple[Step, ...]:  # fmt: skip
    """The rows of one move of approvals.seat_moves: the guard is its own refusal, the effect writes the seats."""
    return from_each(
        sorted(sources), action=f"seat_{move}", target=None, by=by, label=label, comment=comment, duty=False,
        guards=(*HERE, *guards, getattr(seating, f"may_{move}")), then=(getattr(seats, f"seat_{move}"),),
        fields=("seat", *fields), tone="secondary",
    )  # fmt: skip


REVIEW_STEPS: tuple[Step, ...] = (
    Step(
        ReviewStatus.NOT_STARTED, "review_open", ReviewStatus.IN_PROGRESS, REVIEWERS, _("Start the review"),
        guards=(*HERE, guards.its_turn, interest_is_declared, seating.first_seat_is_free), then=(effects.take_seat,),
    ),
    Step(
        ReviewStatus.IN_PROGRESS, "review_pass", ReviewStatus.PASSED, REVIEWERS, _("Pass"),
        guards=(*COMPLETE, guards.nothing_found, its_lines_are_closed), then=(seats.sign_alone(Outcome.PASS),),
    ),
    Step(
        ReviewStatus.IN_PROGRESS, "review_pass_with_conditions", ReviewStatus.CONDITIONAL, REVIEWERS,
        _("Pass with conditions"),
        guards=(*COMPLETE, guards.something_found, guards.no_veto_failed, guards.majors_waived, its_lines_are_closed),
        then=(seats.sign_alone(Outcome.CONDITIONAL),), tone="secondary",
    ),
    Step(
        ReviewStatus.IN_PROGRESS, "review_ask", ReviewStatus.INFO_NEEDED, REVIEWERS, _("Ask for correction"),
        guards=(*COMPLETE, guards.something_found), then=(seats.sign_alone(Outcome.ASK),), tone="secondary",
    ),
    Step(
        ReviewStatus.IN_PROGRESS, "review_fail", ReviewStatus.FAILED, REVIEWERS, _("Do not pass"),
        guards=(*COMPLETE, guards.a_veto_failed), then=(seats.sign_alone(Outcome.FAIL),), comment=True, tone="danger",
    ),
    *from_each(
        sorted(OPEN), action="review_recuse", target=ReviewStatus.RECUSED, by=REVIEWERS, label=_("Recuse myself"),
        guards=(*HERE, seating.steps_back_in_person), then=(effects.open_another_seat,), comment=True, duty=False,
        tone="secondary",
    ),
    # --- what happens to seats; the review stays where it is ---
    *_seats("take", _("Take this seat"), OPEN, comment=False),
    Step(
        ReviewStatus.IN_PROGRESS, "seat_sign", ReviewStatus.IN_PROGRESS, SIGNERS, _("Sign"),
        guards=(*SHEET, seating.may_sign, seating.sheet_is_as_seen, seating.outcome_fits_the_sheet),
        then=(seats.seat_sign,), fields=("seat", "outcome", "sheet"), duty=False,
    ),
    *_seats("take_back", _("Take my part back"), BEGUN, comment=False),
    *_seats("add", _("Add a signer"), OPEN, by=ASSIGNERS, fields=("person", "placement")),
    *_seats("remove", _("Remove the seat"), OPEN, by=ASSIGNERS),
    *_seats("transfer", _("Hand on"), OPEN, by=ASSIGNERS, fields=("person",)),
    *_seats("delegate", _("Ask for a view"), BEGUN, fields=("person",)),
    *_seats("give_back", _("Give the view back"), BEGUN),
    *_seats("recuse", _("Step back from this seat"), OPEN, guards=(seating.does_not_lead,)),
    # --- what the system does: free the seats of people who left, conclude what the signatures have decided ---
    *from_each(
        sorted(OPEN), action="seat_release", target=None, by=SYSTEM, label=_("Seats of people who left are free again"),
        guards=(*HERE, seating.somebody_has_left), then=(seats.release_leavers,), duty=False,
    ),
    *from_each(
        sorted(OPEN), action="review_vacate", target=ReviewStatus.RECUSED, by=SYSTEM, label=_("The expert has left"),
        guards=(*HERE, seating.the_expert_has_left), duty=False,
    ),
    *(
        Step(
            ReviewStatus.IN_PROGRESS, f"seats_{outcome}", target, SYSTEM, label,
            guards=(*HERE, seating.signatures_say(outcome)), duty=False,
        )
        for outcome, (target, label) in OUTCOMES.items()
    ),
)  # fmt: skip
# Steps that are taken from the panel of the seats, and those that conclude a review with one seat.
SEATED = frozenset(step.action for step in REVIEW_STEPS if step.action.startswith("seat_"))
CONCLUDING = frozenset({"review_pass", "review_pass_with_conditions", "review_ask", "review_fail"})
