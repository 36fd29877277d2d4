"""Case: a project with its verbs. The same row; workflow.py says when each verb may be used."""

from functools import cached_property

from accounts.models import Assignment, User
from approvals.collecting import items_of
from approvals.machine import verbs
from approvals.models.facts import PlainFacts
from approvals.models.notice import CorrectionNotice
from approvals.models.reviewed import ReviewFacts
from approvals.models.waived import WaivedItems
from approvals.workflow import WORKFLOW
from planning.queries import tier_of
from projects import queries as projects
from projects.models import Project, ScreeningRun, Version

case_verb = verbs(WORKFLOW, "state")
# What a loaded case has read and an effect may change.
REMEMBERED = (
    *("current_version", "latest_run", "tier", "all_reviews", "_blocking", "judged_items", "open_waivers"),
    *("suspension",),
)


class Case(PlainFacts, ReviewFacts, WaivedItems, Project):
    """A project under decision: facts for the guards, and the verbs that move it."""

    class Meta:
        proxy = True

    entry: dict | None = None  # what the actor enters with the step; None while a step is only offered
    actor: User | None = None  # who takes it, and the right that is used; set by the door and by pages
    held: Assignment | None = None

    @classmethod
    def locked(cls, key: int) -> "Case":
        """The case under its lock, to be called in a transaction, which on SQLite is the lock (BEGIN IMMEDIATE)."""
        return cls.objects.select_for_update(of=("self",)).select_related("department", "round").get(pk=key)

    def forget(self) -> None:
        """Drop what was read before an effect changed it."""
        for name in REMEMBERED:
            self.__dict__.pop(name, None)

    # --- facts for guards, read once per loaded case ---
    @cached_property
    def current_version(self) -> Version | None:
        """The newest submitted version."""
        return projects.current_version(self)

    @cached_property
    def latest_run(self) -> ScreeningRun | None:
        """The newest screening run."""
        return self.runs.order_by("-pk").first()

    @cached_property
    def parts(self) -> Project:
        """Itself with everything that its nine sections say, read once."""
        return projects.load_parts(self)

    @cached_property
    def tier(self) -> str:
        """T0 … T3 by the amount of the newest version (or of the draft)."""
        return tier_of(self.current_version.amount if self.current_version else self.total)

    # --- correction ---
    def open_notice(self) -> CorrectionNotice | None:
        """The correction notice that waits for answers."""
        return self.notices.filter(closed_at=None).order_by("-number").first()

    def collectable_items(self) -> list[dict]:
        """What reviews in force and decided findings ask to be corrected (row 13, row 18)."""
        return items_of(self)

    def proposed_ending(self) -> dict | None:
        """The manager's proposal that waits for the approver, with who made it."""
        # A proposal speaks of the version it was made on: filing anew ends it as well as declining it.
        # Up to the present seq: while a step is being taken, its own row is not yet part of the past.
        ends = ["propose_ending", "decline_ending", "submit", "resubmit"]
        rows = self.decisions.filter(action__in=ends, seq__lte=self.seq)
        last = rows.order_by("-seq").first()
        if last is None or last.action != "propose_ending":
            return None
        return {**last.payload, "by": last.actor_id, "comment": last.comment}

    # --- verbs: nothing but the transition; what follows is an effect in the table ---
    @case_verb
    def submit(self) -> None:
        """File the proposal."""

    @case_verb
    def endorse(self) -> None:
        """The supervising department agrees."""

    @case_verb
    def skip_endorsement(self) -> None:
        """A first-level unit supervises itself."""

    @case_verb
    def send_back(self) -> None:
        """Back to the unit."""

    @case_verb
    def accept(self) -> None:
        """Complete: on to the screening."""

    @case_verb
    def return_for_correction(self) -> None:
        """One merged notice to the applicant."""

    @case_verb
    def file(self) -> None:
        """Recorded only."""

    @case_verb
    def reject(self) -> None:
        """Not approved."""

    @case_verb
    def resubmit(self) -> None:
        """A corrected version."""

    @case_verb
    def lapse(self) -> None:
        """The time for correction ran out."""

    @case_verb
    def pass_screening(self) -> None:
        """The run succeeded."""

    @case_verb
    def rescreen(self) -> None:
        """Run it again."""

    @case_verb
    def to_adjudication(self) -> None:
        """Findings are to be settled."""

    @case_verb
    def to_experts(self) -> None:
        """Before experts."""

    @case_verb
    def to_decision(self) -> None:
        """To the approver."""

    @case_verb
    def adjudicate(self) -> None:
        """Settle findings."""

    @case_verb
    def merge(self) -> None:
        """Goes on inside another project."""

    @case_verb
    def redirect(self) -> None:
        """Use what exists."""

    @case_verb
    def propose_ending(self) -> None:
        """Ask the approver to end the case."""

    @case_verb
    def confirm_merge(self) -> None:
        """The approver confirms the merger."""

    @case_verb
    def confirm_redirect(self) -> None:
        """The approver confirms the reuse."""

    @case_verb
    def confirm_reject(self) -> None:
        """The approver confirms the rejection."""

    @case_verb
    def decline_ending(self) -> None:
        """The approver declines the proposal."""

    @case_verb
    def extend(self) -> None:
        """More time for the present state."""

    @case_verb
    def waive(self) -> None:
        """Let a failed major item pass for a time."""

    @case_verb
    def end_waiver(self) -> None:
        """A waived item is cured."""

    @case_verb
    def lapse_waiver(self) -> None:
        """A waiver has run out."""

    @case_verb
    def draw_experts(self) -> None:
        """Fill the free places of the panel."""

    @case_verb
    def replace_expert(self) -> None:
        """Another expert for one who stepped back or does not answer."""

    @case_verb
    def approve(self) -> None:
        """Grant the project."""

    @case_verb
    def defer(self) -> None:
        """Back to the demand pool."""

    @case_verb
    def take_up(self) -> None:
        """From the demand pool into a new draft."""

    @case_verb
    def withdraw(self) -> None:
        """The unit takes it back."""

    @case_verb
    def recall(self) -> None:
        """The sender takes the submission back before anybody has acted on it."""

    @case_verb
    def recall_correction(self) -> None:
        """The same for a corrected version."""

    @case_verb
    def recall_endorsement(self) -> None:
        """The same for the opinion of the supervising department."""

    @case_verb
    def suspend(self) -> None:
        """The case stands still."""

    @case_verb
    def resume(self) -> None:
        """It goes on."""
