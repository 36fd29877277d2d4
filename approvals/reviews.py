"""THE SECOND TABLE: the steps of one review (domain reference §3.4). Same machinery as the project's."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from approvals import review_effects as effects
from approvals import review_guards as guards
from approvals.names import OPEN, ReviewStatus
from approvals.step import Step, from_each

REVIEWERS = (Role.PLANNER, Role.REQUIREMENTS, Role.STANDARDS, Role.EXPERT)
HERE = (guards.case_is_under_review, guards.review_is_current)
COMPLETE = (*HERE, guards.every_item_has_a_verdict, guards.opinion_given)

REVIEW_STEPS: tuple[Step, ...] = (
    Step(
        ReviewStatus.NOT_STARTED, "review_open", ReviewStatus.IN_PROGRESS, REVIEWERS, _("Start the review"),
        guards=(*HERE, guards.its_turn), then=(effects.take_seat,),
    ),
    Step(
        ReviewStatus.IN_PROGRESS, "review_pass", ReviewStatus.PASSED, REVIEWERS, _("Pass"),
        guards=(*COMPLETE, guards.nothing_found),
    ),
    Step(
        ReviewStatus.IN_PROGRESS, "review_pass_with_conditions", ReviewStatus.CONDITIONAL, REVIEWERS,
        _("Pass with conditions"),
        guards=(*COMPLETE, guards.something_found, guards.no_veto_failed, guards.majors_waived), tone="secondary",
    ),
    Step(
        ReviewStatus.IN_PROGRESS, "review_ask", ReviewStatus.INFO_NEEDED, REVIEWERS, _("Ask for correction"),
        guards=(*COMPLETE, guards.something_found), tone="secondary",
    ),
    Step(
        ReviewStatus.IN_PROGRESS, "review_fail", ReviewStatus.FAILED, REVIEWERS, _("Do not pass"),
        guards=(*COMPLETE, guards.a_veto_failed), comment=True, tone="danger",
    ),
    *from_each(
        sorted(OPEN), action="review_recuse", target=ReviewStatus.RECUSED, by=REVIEWERS, label=_("Recuse myself"),
        guards=HERE, then=(effects.open_another_seat,), comment=True, duty=False, tone="secondary",
    ),
)  # fmt: skip
