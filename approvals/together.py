"""Several cases at once (批量): each answers for itself, and a refusal of one does not stop the others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.policy import has_permission
from accounts.roles import Role
from approvals import desk_services
from approvals.errors import NotOffered, WorkflowError
from approvals.models import Case, Seat
from approvals.names import OPEN, REVIEWER, SeatState
from approvals.services import STEPS, perform, perform_review
from approvals.workflow import WORKFLOW
from planning.queries import PolicyMissing, policy
from projects.queries import visible_to

MOST = 100  # cases of one batch
# What an approval asks for besides the opinion; in a batch it is the reviewed amount, without conditions.
APPROVAL = frozenset({"approved_amount", "conditions"})
URGE, TRANSFER = "urge", "transfer"
REVIEWERS = frozenset(role.value for kind, role in REVIEWER.items() if role != Role.EXPERT)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that may be done with several cases. step: whether it is a step of the workflow table."""

    code: str
    label: Any
    step: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case."""

    case: Case
    note: str = ""
    reasons: list[str] = field(default_factory=list)
    who: list[str] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether it was done."""
        return not self.reasons


def acts_for(user: User) -> list[Act]:
    """What the user may do with several cases; steps only where the policy row `batch_steps` names them."""
    found = []
    if has_permission(user, "projects.urge"):
        found.append(Act(URGE, gettext_lazy("Remind")))
    roles = {held.role for held in user.mandates}
    if roles & REVIEWERS:
        found.append(Act(TRANSFER, gettext_lazy("Hand on")))
    for action in steps_allowed():
        step = next((row for row in WORKFLOW if row.action == action and roles & set(row.by)), None)
        if step is not None and not set(step.fields) - APPROVAL:
            found.append(Act(action, step.label, step=True))
    return found


def steps_allowed() -> dict[str, str]:
    """The steps that the policy row allows on several cases: action → highest tier, "" where the tier does not matter.

    An approval without a tier is not allowed: the row has to say up to which it reaches.
    """
    try:
        rows = [str(row).partition(":") for row in policy("batch_steps")]
    except PolicyMissing:
        return {}
    return {action: tier for action, _colon, tier in rows if action != "approve" or tier}


def chosen_cases(user: User, refs: Iterable[str]) -> list[Case]:
    """Cases among `refs` that the user may see, in the order of their numbers, at most MOST."""
    wanted = list(dict.fromkeys(refs))[:MOST]
    keys = visible_to(user).filter(ref__in=wanted).values("pk")
    return list(Case.objects.filter(pk__in=keys).select_related("department__parent", "round").order_by("ref"))


def do_together(
    *, actor: User, act: str, cases: Iterable[Case], comment: str = "", person: User | None = None,
    versions: Mapping[str, int] | None = None,
) -> list[Result]:  # fmt: skip
    """Do one thing with each case, in a transaction of its own.

    act: a code of acts_for. comment: what is said with a reminder, why it is handed on, or the opinion of a step.
    person: who takes over. versions: reference → the `seq` that the person saw, for steps. Returns a result per case,
    in their order. Raises NotOffered where the act is not the actor's, or is a step that the policy row does not name.
    """
    known = {row.code: row for row in acts_for(actor)}
    if act not in known:
        raise NotOffered([_("This cannot be done with several cases at once: open each of them.")])
    one = _Together(actor, act, comment, person, versions or {})
    do = one.step if known[act].step else {URGE: one.urge, TRANSFER: one.transfer}[act]
    return [_result(do, case) for case in cases]


def _result(do: Callable[[Case], str], case: Case) -> Result:
    try:
        return Result(case, do(case))
    except WorkflowError as refusal:
        return Result(case, reasons=refusal.reasons or [_("Refused.")], who=refusal.who)
    except PermissionDenied:
        return Result(case, reasons=[_("You may not do this with this case.")])
    except ValidationError as error:
        return Result(case, reasons=list(error.messages))


@dataclass(frozen=True, slots=True)
class _Together:
    actor: User
    act: str
    comment: str
    person: User | None
    versions: Mapping[str, int]

    def urge(self, case: Case) -> str:
        """One reminder; says whom it reached."""
        row = desk_services.urge(case_id=case.pk, actor=self.actor, text=self.comment)
        return _("Reminded: %(people)s.") % {"people": _(", ").join(person.label for person in row.people.all())}

    def transfer(self, case: Case) -> str:
        """Every open seat of the actor in this case goes to the other person, through the door."""
        seats = list(own_seats(self.actor).filter(review__project=case.pk).select_related("review"))
        if not seats:
            raise NotOffered([_("You hold no open review of this case.")])
        if self.person is None:
            raise ValidationError(_("Choose who takes over."))
        with transaction.atomic():
            for seat in seats:
                perform_review(
                    review_id=seat.review_id, action="seat_transfer", actor=self.actor, comment=self.comment,
                    entry={"seat": seat.pk, "person": self.person.pk},
                )  # fmt: skip
        return _("Handed on to %(name)s.") % {"name": self.person.label}

    def step(self, case: Case) -> str:
        """One step with its own guards; an approval at the reviewed amount and up to the tier that the row states."""
        limit, entry = steps_allowed()[self.act], {}
        if self.act == "approve":
            if case.tier > limit:
                text = _("Approvals of several cases reach up to %(limit)s; this one is %(tier)s.")
                raise NotOffered([text % {"limit": limit, "tier": case.tier}])
            entry = {"approved_amount": case.current_version.amount}
        if (case.state, self.act) not in STEPS:
            text = _("This step is not open in the present state “%(state)s”.")
            raise NotOffered([text % {"state": case.get_state_display()}])
        perform(
            case_id=case.pk, action=self.act, actor=self.actor, comment=self.comment,
            expected_version=self.versions.get(case.ref), entry=entry,
        )  # fmt: skip
        return _("Done.")


def own_seats(user: User) -> Any:
    """Open seats that the user holds in open reviews."""
    return Seat.objects.filter(holder=user, state=SeatState.OPEN, review__status__in=OPEN)


def successors(user: User) -> Any:
    """Who could take over reviews of the user: colleagues with one of the same roles."""
    roles = {held.role for held in user.mandates} & REVIEWERS
    people = User.objects.filter(is_active=True, assignments__role__in=roles, assignments__is_active=True)
    return people.exclude(pk=user.pk).select_related("department").distinct().order_by("username")
