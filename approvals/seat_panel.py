"""Read the seats of a review as a panel of approvals.seating, and write what a move has changed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.policy import holders
from accounts.roles import Role
from approvals import seat_moves as moves
from approvals.names import OPEN, REVIEWER, ReviewKind, ReviewStatus, SeatState
from approvals.seating import Panel, Rule, Seat, due, due_people, lead
from approvals.standing import kept_out
from approvals.step import Step

if TYPE_CHECKING:
    from approvals import models

# What a move may change of a seat that exists; `read` and `answered` are kept as moments, by the effects.
FIELDS = ("order", "holder_id", "state", "outcome", "signed_by_id", "delegate_id")


def panel_of(review: "models.Review") -> Panel:
    """The panel of a review, read once until forget() is called. Four queries."""
    if review.panel is None:
        rows = list(review.seats.all())
        review.panel = _read(review, tuple(_seat(row) for row in rows))
    return review.panel


def forget(review: "models.Review") -> None:
    """Drop what was read before the seats changed."""
    review.panel = None


def _seat(row: "models.Seat") -> Seat:
    return Seat(
        row.pk, row.order, row.weight, row.holder_id, row.state, row.outcome, row.signed_by_id, row.read_at is not None,
        row.added_by_id, row.placement, row.anchor_id, row.delegate_id, row.returned_at is not None,
    )  # fmt: skip


def _read(review: "models.Review", seats: tuple[Seat, ...]) -> Panel:
    role = REVIEWER[review.kind]
    names = {person.pk: person.label for person in holders(role, own=True)}
    seated = {person for seat in seats for person in (seat.holder, seat.delegate) if person is not None}
    actors = {review.actor.pk} if review.actor is not None else set()
    missing = (seated | actors) - set(names)
    away = {person.pk: person.label for person in User.objects.filter(pk__in=missing)} if missing else {}
    barred = kept_out(review.project, {*names, *seated, *actors}, role)
    recused = review.project.reviews.filter(kind=review.kind, status=ReviewStatus.RECUSED).exclude(pk=review.pk)
    stepped_back = set(recused.exclude(reviewer=None).values_list("reviewer", flat=True))
    earlier = _stepped_back_from_seats(review)
    barred |= stepped_back | earlier
    return Panel(Rule.read(review.signing), seats, frozenset(set(names) - barred), frozenset(barred), {**away, **names})


def _stepped_back_from_seats(review: "models.Review") -> set[int]:
    """Who recused themselves from a seat of an earlier review of this kind on the project."""
    rows = type(review).objects.filter(project=review.project_id, kind=review.kind, seats__state=SeatState.RECUSED)
    return set(rows.exclude(pk=review.pk).exclude(seats__holder=None).values_list("seats__holder", flat=True))


def actor_of(review: "models.Review") -> moves.Actor:
    """Who takes the step, with the people in whose stead they hold the review's role."""
    user, role = review.actor, REVIEWER[review.kind]
    assert user is not None  # the door and the pages say who
    lent = frozenset(held.user_id for held in user.mandates if held.role == role and held.user_id != user.pk)
    return moves.Actor(user.pk, lent, is_manager=review.held is not None and review.held.role == Role.MANAGER)


def moved(review: "models.Review", move: str) -> Panel:
    """The panel after the move that review.entry describes. Raises seat_moves.Refused."""
    panel, entry = panel_of(review), review.entry or {}
    more: dict[str, tuple[Any, ...]] = {
        "sign": (entry.get("outcome"),),
        "add": (entry.get("person"), entry.get("placement")),
        "transfer": (entry.get("person"),),
        "delegate": (entry.get("person"),),
    }
    return getattr(moves, move)(panel, entry.get("seat"), actor_of(review), *more.get(move, ()))


def store(review: "models.Review", after: Panel, extras: dict[int, dict[str, Any]] | None = None) -> None:
    """Write what differs from what was read. extras: further columns by key of the seat. Keeps the lead in step."""
    old = {seat.key: seat for seat in panel_of(review).seats}
    rows = {row.pk: row for row in review.seats.all()}
    for seat in after.seats:
        values = {**_columns(seat), **(extras or {}).get(seat.key, {})}
        if seat.key not in old:
            new = {"anchor_id": seat.anchor, "placement": seat.placement, "added_by_id": seat.added_by}
            review.seats.create(**{**values, **new, "weight": seat.weight})
        elif seat != old[seat.key] or (extras or {}).get(seat.key):
            row = rows[seat.key]
            for name, value in values.items():
                setattr(row, name, value)
            row.save(update_fields=[name.removesuffix("_id") for name in values])
    forget(review)
    follow_lead(review)


def _columns(seat: Seat) -> dict[str, Any]:
    values = (seat.order, seat.holder, seat.state, seat.outcome, seat.signed_by, seat.delegate)
    return dict(zip(FIELDS, values, strict=True))


def follow_lead(review: "models.Review") -> None:
    """The reviewer (主审) is whoever holds the first seat."""
    first = lead(panel_of(review))
    if first is not None and review.status in OPEN and review.reviewer_id != first.holder:
        review.reviewer_id = first.holder
        review.save(update_fields=["reviewer"])


def sheet_is_ready(review: "models.Review") -> bool:
    """Whether the lead has judged every item, so that the others can sign."""
    return not review.items.filter(applies=True, verdict="").exists()


def due_now(review: "models.Review") -> set[int]:
    """Keys of people who have to act: the lead alone until the sheet is filled in, then everybody whose turn it is."""
    panel = panel_of(review)
    first = lead(panel)
    if sheet_is_ready(review):
        return set(due_people(panel))
    owing = {seat.delegate for seat in due(panel) if seat.is_out and seat.delegate is not None}
    return owing | ({first.holder} if first is not None and first.holder is not None else set())


def people(keys: Iterable[int]) -> list[User]:
    """Active people by key."""
    return list(User.objects.filter(pk__in=set(keys), is_active=True).select_related("department"))


def asked_of(review: "models.Review", step: Step) -> tuple[tuple[Role, ...], int | None]:
    """The roles that may take a step of this review, and the person whose seat (or review) it is about."""
    if step.is_automatic:
        return step.by, None
    heard = {REVIEWER[review.kind], *(() if review.kind == ReviewKind.EXPERT else (Role.MANAGER,))}
    roles = tuple(role for role in step.by if role in heard)
    seat = panel_of(review).seat((review.entry or {}).get("seat"))
    if seat is None:
        return roles, review.reviewer_id
    return roles, seat.delegate if step.action == "seat_give_back" else seat.holder


def merged_opinion(review: "models.Review") -> str:
    """What the signers wrote, one line each with name and outcome, in the language of the office."""
    with override(settings.LANGUAGE_CODE):
        rows = review.seats.filter(state=SeatState.SIGNED).select_related("holder", "signed_by")
        lines = [(f"{signer(row)} · {row.get_outcome_display()}", row.opinion) for row in rows]
        return "\n".join(said + (_(": ") + opinion if opinion else "") for said, opinion in lines)


def signer(row: "models.Seat") -> str:
    """Who signed a seat: the holder, or "B for A"."""
    if row.signed_by_id in {None, row.holder_id}:
        return row.holder.label
    return _("%(substitute)s for %(principal)s") % {"substitute": row.signed_by.label, "principal": row.holder.label}


# --- several reviews at once, for pages: without the question who else may sit ---------------------------------------


def outlines(reviews: Iterable["models.Review"]) -> dict[int, tuple[Panel, list["models.Seat"]]]:
    """The panel and the seats of each review, for reading alone: it knows nobody who is not seated. One query."""
    rows: dict[int, list[models.Seat]] = {review.pk: [] for review in reviews}
    by_key = {review.pk: review for review in reviews}
    seats = apps.get_model("approvals", "Seat").objects.filter(review__in=rows)
    for row in seats.select_related("holder", "delegate", "signed_by", "added_by").order_by("order", "pk"):
        rows[row.review_id].append(row)
    found = {}
    for key, here in rows.items():
        names = {row.holder.pk: row.holder.label for row in here if row.holder is not None}
        found[key] = (Panel(Rule.read(by_key[key].signing), tuple(_seat(row) for row in here), names=names), here)
    return found


def signers_due(reviews: Iterable["models.Review"]) -> dict[int, list[User]]:
    """Per review that several sign, and whose sheet is ready: the people whose turn it is. Two queries."""
    found, known = {}, outlines(list(reviews))
    shared = [key for key, (panel, _rows) in known.items() if len(panel.active) > 1]
    items = apps.get_model("approvals", "ReviewItem").objects.filter(review__in=shared, applies=True, verdict="")
    unjudged = set(items.values_list("review", flat=True)) if shared else set()
    for key, (panel, rows) in known.items():
        if key in shared and key not in unjudged:
            wanted = set(due_people(panel))
            people = [person for row in rows for person in (row.holder, row.delegate) if person is not None]
            found[key] = list({person.pk: person for person in people if person.pk in wanted}.values())
    return found
