"""What the pages of a correction notice show: the notice, its preview, and the lines that are prepared for it."""

from typing import Any

from django.forms import BaseFormSet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import allows
from accounts.roles import Role
from approvals import notice_forms as forms
from approvals import notice_queries as queries
from approvals.difference_page import marked
from approvals.differences import differences
from approvals.forms import AnswerForm
from approvals.models import Case, CorrectionNotice, NoticeItem, Review
from approvals.names import Answer, LineState
from approvals.notice_guards import open_lines
from approvals.notice_merging import Line, digest_of
from approvals.notice_rules import SecondNotice
from approvals.offers import Offer
from projects.models import Project, Version
from projects.queries import load_parts
from projects.sections import section_hashes, section_snapshot
from projects.sections.tracing import TABLES
from projects.states import State

# How a line stands, as a badge of the look.
BADGES = {LineState.OPEN: "waiting", LineState.CLOSED: "passed", LineState.UNCURED: "stopped"}


def waits_for_answers(case: Case, notice: CorrectionNotice) -> bool:
    """Whether the applicant can answer now."""
    return case.state == State.CORRECTION and notice.closed_at is None


def page(case: Case, notice: CorrectionNotice, user: User, answers: list[AnswerForm]) -> dict[str, Any]:
    """The notice, line by line: what it asks, what was answered, what has changed, and who may close it."""
    related = notice.items.select_related("finding", "earlier__notice", "closed_by", "allowed_by")
    items = list(related.prefetch_related("raised_by", "reviews"))
    changed = queries.changed_since_notice(case, notice)
    mine = {item.pk for item in queries.closable(case, user)}
    by_item = {form.item.pk: form for form in answers}
    compared = _compared(case, notice) if answers else None
    said, names = queries.said_by(items), not _is_applicant(case, user)
    return {
        "case": case,
        "notice": notice,
        "rows": [
            {
                **row_of(item, changed),
                "said_by": said[item.pk],
                "people": [person.label for person in item.raised_by.all()] if names else [],
                "form": by_item.get(item.pk),
                "differences": marked(compared, item.section) if compared and item.section in changed else [],
                "edit_url": edit_url(case, item) if item.pk in by_item else "",
                "may_close": item.pk in mine,
                "close": forms.CloseForm(prefix=f"close-{item.pk}") if item.pk in mine else None,
            }
            for item in items
        ],
        "forms": answers,
        "answered": sum(1 for item in items if item.answer),
        "closed": sum(1 for item in items if item.closure == LineState.CLOSED),
        "next_version": queries.next_version(notice) if notice.closed_at else None,
    }


def row_of(item: NoticeItem, changed: frozenset[str]) -> dict[str, Any]:
    """One line with the name of its place, its state, and whether the section has changed since the notice."""
    return {
        "item": item,
        "place": forms.label_of(item.section, item.field),
        "badge": BADGES[LineState(item.closure)],
        "is_same": bool(item.section) and item.section not in changed,
        "claims_change": item.answer == Answer.AMENDED,
    }


def edit_url(project: Project, item: NoticeItem) -> str:
    """Where the unit changes what a line is about: the table, the field in its section, or the whole proposal."""
    if not item.section:
        return reverse("projects:edit", args=[project.ref])
    if table := TABLES.get(item.field):
        return reverse(f"projects:{table}", args=[project.ref])
    address = reverse("projects:section", args=[project.ref, item.section])
    return f"{address}#id_{item.field}" if item.field else address


def _compared(case: Case, notice: CorrectionNotice) -> Any:
    """What the unit has changed since the version that the notice was sent on: from the draft as it stands."""
    before = notice.decision.version
    if before is None:
        return None
    snapshot = section_snapshot(load_parts(case))
    draft = Version(
        project=case, number=before.number + 1, snapshot=snapshot, sections=section_hashes(snapshot),
        amount=case.total, submitted_at=before.submitted_at,
    )  # fmt: skip
    return differences(before, draft)


def _is_applicant(case: Case, user: User) -> bool:
    return allows(user, "projects.reply", case)


# --- before it is sent ------------------------------------------------------------------------------------------------


def preview(case: Case, offer: Offer, lines: list[Line], user: User, sent: dict[str, Any]) -> dict[str, Any]:
    """The notice as it will be sent. sent: comment, expected_version, the forms as typed, lines left out before."""
    typed: BaseFormSet | None = sent.get("forms")
    formset = typed if typed is not None else forms.shown(case, lines)
    rules, is_manager = SecondNotice(case), queries.can_act(case, user, [Role.MANAGER])
    return {
        "case": case,
        "step": offer.step,
        "reasons": offer.reasons,
        "formset": formset,
        "rows": [_preview_row(rules, line, form) for line, form in zip(lines, formset, strict=True)],
        "is_manager": is_manager,
        "last": rules.last,
        "refused": len([line for line in lines if not _passes(rules, line)]),
        "considered": sent.get("considered") or digest_of(case.collectable_items()),
        "dropped": sent.get("dropped", ""),
        "kept": {name: sent.get(name, "") for name in ("comment", "expected_version")},
        "parts": list(formset) if typed is not None else [],
        "has_errors": typed is not None,
    }


def _preview_row(rules: SecondNotice, line: Line, form: Any) -> dict[str, Any]:
    return {
        "form": form,
        "code": line.get("code", ""),
        "from": len(set(line.get("raised_by", []))),
        "earlier": rules.earlier_of(line) if rules.last else None,
        "is_new": rules.last is not None and rules.is_new(line),
        "refused": not _passes(rules, line),
        "leave": line.get("allowed_because", ""),
    }


def _passes(rules: SecondNotice, line: Line) -> bool:
    """With a reason typed by a manager it passes; the door asks whether it is one."""
    return bool(line.get("leave", "").strip()) or not rules.refused([line])


def prepared_page(case: Case, user: User, form: Any = None) -> dict[str, Any]:
    """The lines prepared for the next notice: own ones, and for who sends it all that would go out."""
    sends = queries.coordinates(case, user)
    rules = SecondNotice(case)
    collected = case.collectable_items() if sends else []
    return {
        "case": case,
        "lines": [
            {"line": line, "place": forms.label_of(line.section, line.field), "is_mine": line.by_id == user.pk}
            for line in queries.prepared(case, user)
        ],
        "form": form or (forms.LineForm() if sends else None),
        "reviews": queries.reviews_to_write_on(case, user),
        "sends": sends,
        "may_allow": queries.can_act(case, user, [Role.MANAGER]),
        "collected": [
            {"line": line, "place": forms.label_of(line.get("section", ""), line.get("field", "")), "number": number,
             "refused": bool(rules.refused([line]))}
            for number, line in enumerate(collected, start=1)
        ],
        "last": rules.last if sends else None,
    }  # fmt: skip


# --- panels -----------------------------------------------------------------------------------------------------------


def lines_panel(case: Case, review: Review, user: User) -> dict[str, Any] | None:
    """Beside a review: the answered lines that its kind raised, to be closed by whoever may."""
    items = open_lines(review) if case.state not in queries.UNJUDGED_IN and case.review_in_force(review) else []
    if not items:
        return None
    mine = {item.pk for item in queries.closable(case, user)}
    changed = {item.notice_id: queries.changed_since_notice(case, item.notice) for item in items}
    rows = [
        {
            **row_of(item, changed[item.notice_id]),
            "close": forms.CloseForm(prefix=f"close-{item.pk}") if item.pk in mine else None,
        }
        for item in items
    ]
    return {"rows": rows, "back": reverse("approvals:review", args=[case.ref, review.pk])}


def prepare_panel(case: Case, review: Review, user: User) -> dict[str, Any] | None:
    """Beside a review: the lines one has prepared for the notice, and a form for another."""
    if review not in queries.reviews_to_write_on(case, user):
        return None
    codes = [item.code for item in review.sheet_items()]
    rows = case.notice_lines.filter(by=user, review=review, sent_as=None)
    return {
        "rows": [{"line": line, "place": forms.label_of(line.section, line.field)} for line in rows],
        "form": forms.ReviewLineForm(codes=codes),
        "review": review,
    }


def notices_panel(case: Case, user: User) -> dict[str, Any] | None:
    """On the case page: the notices that were sent, how their lines stand, and the way to prepared lines."""
    rows = []
    for notice in case.notices.prefetch_related("items").order_by("-number"):
        items = notice.items.all()
        states = [item.closure for item in items]
        rows.append(
            {
                "notice": notice,
                "total": len(states),
                "answered": sum(1 for item in items if item.answer),
                "closed": states.count(LineState.CLOSED),
                "uncured": states.count(LineState.UNCURED),
                "waits": waits_for_answers(case, notice),
            }
        )
    prepares = queries.may_prepare(case, user)
    count = queries.prepared(case, user).count() if prepares else 0
    return {"rows": rows, "prepares": prepares, "count": count} if rows or prepares else None


def said_after(form: AnswerForm, is_same: bool) -> str:
    """What is said once an answer was stored that claims a change which is not there."""
    if form.cleaned_data.get("answer") == Answer.AMENDED and is_same:
        return _("Line %(n)s: the section says the same as the last version.") % {"n": form.item.position}
    return ""
