"""What stands beside the verdict form: the unit's own assessment, earlier verdicts on like items, and what changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.models import User
from approvals.models import Case, NoticeItem, Review, ReviewItem
from approvals.names import BASIS, CONCLUDED, OPEN, REVIEWER
from projects.models import Document, SelfAssessment, Version
from projects.queries import reachable
from projects.sections import SECTIONS, Section

MOST_EARLIER = 5
WORDING = ("problem", "suggestion", "clause")


@dataclass(frozen=True, slots=True)
class Assessed:
    """What the unit says of one item in the submitted version, and where the evidence is."""

    claim: str
    label: str
    note: str
    document: Document | None
    url: str
    page: str
    field: str
    section: str
    text: str
    name: str = ""  # the column and the section that it stands in
    code: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """The same review on an earlier version: its verdict on the item, the unit's answer, and what differs since."""

    review: Review
    item: ReviewItem | None
    answer: NoticeItem | None
    changed: tuple[Section, ...]
    unchanged: tuple[Section, ...]


def beside(case: Case, review: Review, item: ReviewItem | None, user: User) -> dict[str, Any]:
    """All of it for the chosen item; earlier verdicts are for whoever may judge this kind."""
    if item is None:
        return {"assessed": None, "before": None, "earlier": []}
    judges = user.holds(REVIEWER[review.kind])
    return {
        "assessed": assessed(case, review.version, item.code),
        "before": before(case, review, item.code) if judges else None,
        "earlier": earlier(case, review, item.code, user) if judges else [],
    }


def assessed(case: Case, version: Version, code: str) -> Assessed | None:
    """The unit's own assessment of an item as frozen with the version, or None where it said nothing."""
    rows = version.snapshot.get("assessment", {}).get("rows", [])
    said = next((row for row in rows if row["code"] == code), None)
    if said is None:
        return None
    digest, name = said.get("document", ""), said.get("field", "")
    paper = next((row for row in case.documents.all() if digest and row.digest == digest), None)
    section = next((section for section in SECTIONS if name in section.fields), None)
    return Assessed(
        claim=said.get("claim", ""),
        label=str(dict(SelfAssessment.Claim.choices).get(said.get("claim", ""), "")),
        note=said.get("note", ""),
        document=paper,
        url=reverse("projects:document", args=[case.ref, paper.pk]) if paper else "",
        page=said.get("page", ""),
        field=_label(name),
        section=str(section.label) if section else "",
        text=_value(version, section, name),
        name=name if section else "",
        code=section.code if section else "",
    )


def _label(name: str) -> str:
    return str(Case._meta.get_field(name).verbose_name) if name else ""


def _value(version: Version, section: Section | None, name: str) -> str:
    value = version.snapshot.get(section.code, {}).get(name) if section else None
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)


def before(case: Case, review: Review, code: str) -> Before | None:
    """The last concluded review of this kind before this one; None where there is none. Three queries at most."""
    last = next((row for row in case.all_reviews if _is_earlier(row, review)), None)
    if last is None:
        return None
    basis = [section for section in SECTIONS if section.code in BASIS[review.kind]]
    old, new = last.version.sections, review.version.sections
    changed = tuple(section for section in basis if old.get(section.code) != new.get(section.code))
    answers = NoticeItem.objects.filter(notice__project_id=case.pk, code=code).exclude(answer="")
    return Before(
        review=last,
        item=last.items.filter(code=code, applies=True).first(),
        answer=answers.order_by("-pk").first(),
        changed=changed,
        unchanged=tuple(section for section in basis if section not in changed),
    )


def _is_earlier(row: Review, review: Review) -> bool:
    return row.kind == review.kind and row.pk < review.pk and row.status in CONCLUDED


def earlier(case: Case, review: Review, code: str, user: User) -> list[ReviewItem]:
    """The newest verdicts on the same item in other projects under the same first-level department; at most five.

    Only what the user may read: projects within reach, concluded reviews, and none of a project in which the user could
    still take a seat (reviews are blind). One query.
    """
    top = case.department.path.split("/")[0] + "/"
    kinds = [kind for kind, role in REVIEWER.items() if user.holds(role)]
    seats = Review.objects.filter(project=OuterRef("review__project"), kind__in=kinds, status__in=OPEN)
    rows = ReviewItem.objects.filter(code=code, applies=True, review__status__in=CONCLUDED).exclude(verdict="")
    rows = rows.filter(review__kind=review.kind, review__project__department__path__startswith=top)
    rows = rows.exclude(review__project=case.pk).filter(review__project__in=reachable(user).values("pk"))
    rows = rows.filter(~Exists(seats)).select_related("review__project__department", "review__reviewer")
    return list(rows.order_by("-review__concluded_at", "-pk")[:MOST_EARLIER])


def wording_of(rows: Iterable[ReviewItem], key: str) -> dict[str, str]:
    """Problem, suggestion and clause of the earlier verdict that is to be taken over; nothing for any other key.

    The verdict itself is not taken over: nobody's judgement is chosen for them.
    """
    row = next((row for row in rows if str(row.pk) == key), None)
    return {name: getattr(row, name) for name in WORDING} if row else {}
