"""The draw of a panel as part of a step: made before the decision row, which carries its hash, seated after it."""

import secrets
from typing import TYPE_CHECKING, Any

from approvals import drawing
from approvals.expert_guards import replaceable
from approvals.names import CONCLUDED, OPEN, ReviewKind, ReviewStatus
from approvals.panel import criteria_now, free_places, panel_rules, pool_of

if TYPE_CHECKING:
    from accounts.models import User
    from approvals.models import Case, Decision, Review


def prepare_panel(case: "Case", decision: "Decision") -> None:
    """The case arrives: seats go along or are given again, and the system draws the rest where the policy says so."""
    _carry_seats(case)
    _seat_again(case)
    rules = panel_rules()
    if rules is not None and rules["draw"] == "system" and free_places(case):
        _draw(case, decision, free_places(case))


def draw_panel(case: "Case", decision: "Decision") -> None:
    """The manager has the free places filled."""
    _draw(case, decision, free_places(case))


def draw_replacement(case: "Case", decision: "Decision") -> None:
    """One expert for another; a seat without an answer is given up."""
    name = decision.entry["expert"]
    seat = next(review for review in replaceable(case) if review.reviewer and review.reviewer.username == name)
    _draw(case, decision, 1, replaced=seat)


def seat_drawn(case: "Case", decision: "Decision") -> None:
    """Keep the draw that the decision carries, and open one review for each expert drawn."""
    made: dict[str, Any] = decision.__dict__.pop("drawn_panel", {})
    if made:
        people, replaced = made.pop("people"), made.pop("replaced")
        if replaced is not None and replaced.status in OPEN:
            replaced.released_at = decision.taken_at
            replaced.save(update_fields=["released_at"])
        case.draws.create(decision=decision, version=case.current_version, number=case.draws.count() + 1, **made)
        for name in made["drawn"]:
            _seat(case, people[name])
    case.forget()


def _seat(case: "Case", person: "User") -> None:
    """One place, with the criteria that hold now pinned to it."""
    review = case.open_review(ReviewKind.EXPERT, reviewer=person)
    review.signing = {**review.signing, "criteria": criteria_now()}
    review.save(update_fields=["signing"])


def _draw(case: "Case", decision: "Decision", wanted: int, replaced: "Review | None" = None) -> None:
    """The seed comes from the operating system at this moment: nobody can choose it, and it is kept with the draw."""
    rules = panel_rules()
    assert rules is not None  # a guard has asked
    pool = pool_of(case)
    if replaced is not None and replaced.status in OPEN:
        pool.leave(replaced.reviewer.username)
    seed = secrets.token_hex(drawing.SEED_BYTES)
    asked = {
        "fields": rules["fields"],
        "per_employer": rules["per_employer"],
        "seated": [one.stored() for one in pool.seated],
    }
    record: dict[str, Any] = {
        "seed": seed, "algorithm": drawing.ALGORITHM, "wanted": wanted, "rules": asked,
        "pool": [one.stored() for one in pool.everybody], "excluded": pool.excluded,
    }  # fmt: skip
    record["drawn"] = drawing.again(record).usernames
    decision.payload = {**decision.payload, "seed": seed, "draw": drawing.fingerprint(record)}
    replaces = replaced.reviewer if replaced is not None else None
    decision.__dict__["drawn_panel"] = {**record, "replaces": replaces, "replaced": replaced, "people": pool.people}


def _carry_seats(case: "Case") -> None:
    """Opinions and open seats whose basis is unchanged go along with the new version."""
    basis, version = case.basis_of(ReviewKind.EXPERT), case.current_version
    for review in case.all_reviews:
        stays = review.kind == ReviewKind.EXPERT and review.basis == basis and review.released_at is None
        if stays and review.status in OPEN | CONCLUDED and review.version_id != version.pk:
            review.carried_to = version
            review.save(update_fields=["carried_to"])
    case.forget()


def _seat_again(case: "Case") -> None:
    """Whoever sat on an earlier version and may still sit judges the changed one too: they know the case."""
    free = free_places(case)
    reviews = [review for review in case.all_reviews if review.kind == ReviewKind.EXPERT]
    sat = [review.reviewer for review in reviews if review.status != ReviewStatus.RECUSED]
    if not sat or not free:
        return
    pool = pool_of(case)
    may = {one.username for one in pool.candidates}
    again = sorted({person.username for person in sat if person} & may)
    for name in again[:free]:
        _seat(case, pool.people[name])
    case.forget()
