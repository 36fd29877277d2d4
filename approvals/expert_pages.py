"""What the pages of the pool and of a draw show, and the panels of experts on the case and the review page."""

import io
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from accounts.models import User
from accounts.policy import has_permission
from accounts.requests import SignedInRequest
from approvals import expert_queries
from approvals.drawing import rank
from approvals.expert_forms import DeclarationForm, ScoreForm, name_of
from approvals.expert_queries import REASONS, PoolRow, Summary, field_labels
from approvals.expert_sight import hidden_opinions, is_guest
from approvals.models import Case, ExpertDraw, Review
from approvals.names import CONCLUDED, OPEN, ExpertField, ReviewKind, ReviewStatus
from approvals.panel import free_places, seats_of
from portfolio.imports.delimited import defuse

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def pool_page(request: SignedInRequest) -> dict[str, Any]:
    """The pool with its filters."""
    given = {name: request.GET.get(name, "") for name in ("field", "q", "show")}
    rows = expert_queries.profiles_for(request.user, **given)
    return {
        "rows": rows,
        "given": given,
        "fields": [{"code": code, "label": label} for code, label in ExpertField.choices],
        "available": sum(1 for row in rows if row.profile.is_available),
        "may_edit": has_permission(request.user, "experts.edit"),
        "export_query": urlencode({name: value for name, value in given.items() if value}),
        "crumbs": [(_("Workbench"), reverse("approvals:workbench")), (_("Expert pool"), "")],
    }


def workbook(rows: Iterable[PoolRow]) -> bytes:
    """The pool as an Excel file, with headings in the language of the page."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("Expert pool")[:31]
    sheet.append([
        _("Account"), _("Name"), _("Unit"), _("Employer"), _("Professional title"), _("Fields of expertise"),
        _("May be drawn"),
        _("Drawn"), _("Stepped back"), _("Replaced without an answer"), _("Open seats"), _("Declared interests"),
        _("Note"),
    ])  # fmt: skip
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        profile = row.profile
        unit = profile.user.department.label if profile.user.department else ""
        texts = [profile.user.username, profile.user.label, unit, profile.employer, profile.title]
        texts += [", ".join(row.fields), _("yes") if profile.is_available else _("no")]
        figures = [row.drawn, row.stepped_back, row.unanswered, row.open]
        rest = [", ".join(profile.interests), profile.note]
        sheet.append([*map(defuse, texts), *figures, *map(defuse, rest)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- one draw ---------------------------------------------------------------------------------------------------------


def draw_page(case: Case, row: ExpertDraw, *, again: bool) -> dict[str, Any]:
    """A draw with everything that it rested on; again: run it once more and say whether it gives the same people."""
    out = {one["username"]: one["reason"] for one in row.excluded}
    names = [one["username"] for one in row.pool]
    people = {person.username: person for person in User.objects.filter(username__in=names)}
    ordered = sorted(row.pool, key=lambda one: (rank(row.seed, one["username"]), one["username"]))
    lines = [
        {
            "place": row.drawn.index(one["username"]) + 1 if one["username"] in row.drawn else None,
            "person": people.get(one["username"]), "username": one["username"], "employer": one["employer"],
            "fields": field_labels(one["fields"]), "hash": rank(row.seed, one["username"])[:16],
            "reason": REASONS.get(out.get(one["username"], ""), ""),
        }
        for one in ordered
    ]  # fmt: skip
    verdict = expert_queries.run_again(row)
    return {
        "case": case,
        "draw": row,
        "candidates": [line for line in lines if not line["reason"]],
        "excluded": [line for line in lines if line["reason"]],
        "asked": field_labels(row.rules.get("fields") or []),
        "uncovered": field_labels(verdict.again.uncovered),
        "passed_over": verdict.again.passed_over,
        "verdict": verdict if again else None,
        "again": [people[name].label if name in people else name for name in verdict.again.usernames],
        "draws": expert_queries.draws_of(case),
    }


# --- panels -----------------------------------------------------------------------------------------------------------


def panel(case: Case, user: User) -> dict[str, Any] | None:
    """The panel of experts on the case page: seats and draws for the office, the points for whoever may read them."""
    office = has_permission(user, "experts.view")
    seats = [review for review in case.all_reviews if review.kind == ReviewKind.EXPERT]
    if not seats or not (office or any(seat.reviewer_id == user.pk for seat in seats)) or is_guest(case, user):
        return None
    shown = seats_of(case)
    hidden = hidden_opinions(case, user)
    concluded = [seat for seat in shown if seat.status in CONCLUDED and seat.pk not in hidden]
    if not office and not any(seat.reviewer_id == user.pk and seat.status in CONCLUDED for seat in shown):
        return None
    return {
        "case": case,
        "office": office,
        "seats": [_seat(seat, case, hidden) for seat in reversed(seats)] if office else [],
        "free": free_places(case) if office else 0,
        "draws": expert_queries.draws_of(case) if office else [],
        "hidden": bool(hidden),
        "summary": table_of(expert_queries.summary_of(concluded)) if concluded else None,
    }


def _seat(seat: Review, case: Case, hidden: Any) -> dict[str, Any]:
    past = not case.review_in_force(seat) and seat.released_at is None and seat.status != ReviewStatus.RECUSED
    return {
        "review": seat,
        "past": past,
        "replaced": seat.released_at,
        "readable": seat.status in CONCLUDED and seat.pk not in hidden,
        # Until the panel is through, the office sees that an opinion is in, and not which way it goes.
        "is_in": seat.status in CONCLUDED,
        "stepped_back": seat.status == ReviewStatus.RECUSED,
    }


def table_of(summary: Summary) -> dict[str, Any]:
    """The points of a panel as the rows of a table."""
    codes = [row["code"] for row in summary.criteria]
    return {
        "heads": [name_of(row) for row in summary.criteria],
        "weights": [row["weight"] for row in summary.criteria],
        "lines": [
            {"line": line, "cells": [line.points.get(code) for code in codes]} for line in summary.lines
        ],
        "means": [summary.rows.get(code) for code in codes],
        "total": summary.total,
        "apart": any(line.apart for line in summary.lines),
        "scored": bool(codes),
    }  # fmt: skip


def seat_panel(case: Case, review: Review, user: User) -> dict[str, Any] | None:
    """The expert's own seat on the review page: the declaration, then points, opinion and conclusion."""
    mine = review.kind == ReviewKind.EXPERT and review.reviewer_id == user.pk and review.released_at is None
    if not mine or review.status not in OPEN:
        return None
    typed = vars(review).get("typed")  # a form that was sent and is shown again with its errors
    begun = review.status == ReviewStatus.IN_PROGRESS
    form = typed or (ScoreForm(review=review) if begun else DeclarationForm())
    return {"begun": begun, "form": form, "errors": typed is not None}


def points_panel(case: Case, review: Review, user: User) -> dict[str, Any] | None:
    """The points of a concluded seat, beside those of the others where they may be read."""
    if review.kind != ReviewKind.EXPERT or review.status not in CONCLUDED:
        return None
    hidden = hidden_opinions(case, user)
    seats = [seat for seat in seats_of(case) if seat.status in CONCLUDED and seat.pk not in hidden]
    seats = seats if any(seat.pk == review.pk for seat in seats) else [review]
    return {"summary": table_of(expert_queries.summary_of(seats)), "only": len(seats) == 1}
