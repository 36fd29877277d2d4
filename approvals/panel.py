"""The panel of a case: how many places are free, who is in the pool, and who may not sit, with the reason."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accounts.models import User
from accounts.policy import holders
from accounts.roles import SIDES, Role
from approvals.drawing import Candidate
from approvals.names import CONCLUDED, OPEN, ReviewKind, ReviewStatus
from planning.queries import PolicyMissing, policy

if TYPE_CHECKING:
    from approvals.models import Case, Review


@dataclass(slots=True)
class Pool:
    """Everybody of the pool, who is excluded why, and who sits already. people: by user name."""

    everybody: list[Candidate] = field(default_factory=list)
    excluded: list[dict[str, str]] = field(default_factory=list)
    seated: list[Candidate] = field(default_factory=list)
    people: dict[str, User] = field(default_factory=dict)

    @property
    def candidates(self) -> list[Candidate]:
        """Those who may be drawn."""
        out = {row["username"] for row in self.excluded}
        return [one for one in self.everybody if one.username not in out]

    def leave(self, username: str) -> None:
        """Somebody gives up the place: it counts no more for the draw, and they are not drawn again."""
        self.seated = [one for one in self.seated if one.username != username]
        rest = [row for row in self.excluded if row["username"] != username]
        self.excluded = [*rest, {"username": username, "reason": "released"}]


def panel_rules() -> dict[str, Any] | None:
    """The policy row "expert_panel" as a draw uses it: who draws, fields asked for, most of one employer; or None."""
    try:
        row = policy("expert_panel")
    except PolicyMissing:
        return None
    wanted = [code for code, is_asked in row["fields"].items() if is_asked]
    return {"draw": row["draw"], "fields": wanted, "per_employer": row["per_employer"]}


def criteria_now() -> list[dict[str, Any]]:
    """What experts give points for today; empty where no policy row says so."""
    try:
        return list(policy("expert_criteria"))
    except PolicyMissing:
        return []


def seats_of(case: "Case") -> list["Review"]:
    """Places that are taken on the newest version: opinions that are in or awaited."""
    reviews = [review for review in case.all_reviews if review.kind == ReviewKind.EXPERT]
    return [seat for seat in reviews if seat.status in OPEN | CONCLUDED and case.review_in_force(seat)]


def free_places(case: "Case") -> int:
    """How many more experts the quorum of the tier asks for."""
    try:
        needed = policy("expert_quorum").get(case.tier, 0)
    except PolicyMissing:
        return 0
    return max(0, needed - len(seats_of(case)))


def pool_of(case: "Case") -> Pool:
    """The pool for a draw on this case; four queries, whatever its size.

    Reasons, the first that fits: paused, unit, supervisor, partner, interest, prepared, acted, invited, seated,
    recused, released. Source: domain reference §3.5 invariant 4; 《招标投标法》 §37 on avoidance [from memory].
    """
    experts = holders(Role.EXPERT).filter(expert_profile__isnull=False).select_related("expert_profile")
    found = Pool()
    known, taken = _Known(case), {seat.reviewer_id for seat in seats_of(case)}
    for person in experts.order_by("username"):
        found.everybody.append(candidate(person))
        found.people[person.username] = person
        if reason := known.reason(person):
            found.excluded.append({"username": person.username, "reason": reason})
        if person.pk in taken:
            found.seated.append(candidate(person))
    return found


def candidate(person: User) -> Candidate:
    """An expert as the draw sees them; without an employer the unit counts as one."""
    profile = person.expert_profile
    unit = person.department.code if person.department else ""
    return Candidate(person.username, tuple(sorted(profile.fields)), profile.employer.strip() or unit)


class _Known:
    """What excludes people from one case, read once."""

    def __init__(self, case: "Case") -> None:
        self.case = case
        unit = case.department
        self.above = {code for code in unit.path.split("/") if code} - {unit.code}
        self.partners = set(case.partners.values_list("department_id", flat=True))
        self.prepared = {case.created_by_id, case.edited_by_id}
        self.prepared |= set(case.versions.values_list("submitted_by", flat=True))
        self.acted = self._acted()
        self.invited = set(case.invitations.values_list("expert", flat=True))
        reviews = [review for review in case.all_reviews if review.kind == ReviewKind.EXPERT]
        self.seated = {seat.reviewer_id for seat in seats_of(case)}
        self.recused = {review.reviewer_id for review in reviews if review.status == ReviewStatus.RECUSED}
        self.released = {review.reviewer_id for review in reviews if review.released_at is not None}

    def _acted(self) -> set[int]:
        others = {role.value for name, roles in SIDES.items() for role in roles} - {Role.EXPERT.value}
        rows = self.case.decisions.values_list("actor", "mandate").distinct()
        return {actor for actor, mandate in rows if mandate.split("@")[0] in others}

    def reason(self, person: User) -> str:
        """Why the person may not sit; "" where nothing stands in the way."""
        unit = person.department
        code = unit.code if unit else ""
        mine = set(person.expert_profile.interests)
        reasons = {
            "paused": not person.expert_profile.is_available,
            "unit": person.department_id == self.case.department_id,
            "supervisor": code in self.above,
            "partner": person.department_id in self.partners,
            "interest": bool(mine & (self.above | {self.case.department.code})),
            "prepared": person.pk in self.prepared,
            "acted": person.pk in self.acted,
            "invited": person.pk in self.invited,
            "seated": person.pk in self.seated,
            "recused": person.pk in self.recused,
            "released": person.pk in self.released,
        }
        return next((name for name, holds in reasons.items() if holds), "")
