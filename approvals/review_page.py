"""What the review page shows: the sheet in groups, the chosen item, its form, and the conclusions."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.requests import SignedInRequest
from approvals.evidence import build_mode_test, sections_of
from approvals.machine import blockers
from approvals.models import Case, Review, ReviewItem
from approvals.names import NEEDS_REASON, OPEN, ReviewKind, ReviewStatus, Verdict
from approvals.panels import review_panels
from approvals.review_context import beside
from approvals.reviews import REVIEW_STEPS
from approvals.standing import review_conflict
from approvals.waiver_guards import in_force
from projects.plan_pages import panel
from projects.queries import facts, load_parts
from projects.sections import stages
from projects.sections.tracing import trace_gaps
from projects.trace_lines import trace_of_version
from standards.applicability import applies


class VerdictForm(forms.Form):
    """The verdict on one item; problem, suggestion and clause with fail and doubt. Nothing is pre-selected."""

    code = forms.CharField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(label=gettext_lazy("Verdict"), choices=Verdict.choices, widget=forms.RadioSelect)
    problem = forms.CharField(
        label=gettext_lazy("Problem"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    suggestion = forms.CharField(
        label=gettext_lazy("Suggestion"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    clause = forms.CharField(label=gettext_lazy("Clause"), max_length=300, required=False)

    def clean(self) -> dict:
        """Fail and doubt need all three texts (domain reference §3.4)."""
        data = super().clean() or {}
        if data.get("verdict") in NEEDS_REASON:
            for name in ("problem", "suggestion", "clause"):
                if not data.get(name, "").strip():
                    self.add_error(name, _("Needed with this verdict."))
        return data


class ConclusionForm(forms.Form):
    """The opinion that goes with a conclusion."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label=gettext_lazy("Opinion"), max_length=3000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


def chosen_item(review: Review, items: list[ReviewItem], code: str) -> ReviewItem | None:
    """The item asked for, else the first without a verdict, else the first."""
    sheet = [item for item in items if item.applies]
    by_code = {item.code: item for item in sheet}
    if code in by_code:
        return by_code[code]
    return next((item for item in sheet if not item.verdict), sheet[0] if sheet else None)


def page(request: SignedInRequest, case: Case, review: Review, form: VerdictForm | None = None) -> dict:
    """The sheet of one review for its reviewer, or for a reader."""
    items = list(review.items.select_related("item__standard"))
    sheet = [item for item in items if item.applies]
    writable = review.reviewer_id == request.user.pk and review.status == ReviewStatus.IN_PROGRESS
    code = form.data.get("code", "") if form else request.GET.get("item", "")
    item = chosen_item(review, items, code)
    return {
        "case": case,
        "review": review,
        **_planning(request, case, review),
        "item": item,
        "form": form or (_form_of(item) if item and writable else None),
        "open_items": [row for row in sheet if not row.verdict],
        "done_items": [row for row in sheet if row.verdict],
        "other_items": [row for row in items if not row.applies and row.severity != "acceptance"],
        "later_items": [row for row in items if row.severity == "acceptance"],
        **_progress(sheet),
        **beside(case, review, item, request.user),
        "waived": in_force(case),
        "writable": writable,
        "steps": _steps(review, request.user) if review.status in OPEN else [],
        "conclusion": ConclusionForm(initial={"expected_version": review.seq}),
        "documents": case.documents.all(),
        "sections": sections_of(case, review.kind),
        "stages": stages(load_parts(case)),
        **_tracing(case, review),
        "because": applies(item.item.condition, facts(case)).because if item else "",
        "is_expert": review.kind == ReviewKind.EXPERT,
        "panels": review_panels(case, review, request.user),
        "refused": review_conflict(review, request.user) if review.status in OPEN else None,
    }


def _tracing(case: Case, review: Review) -> dict:
    """The requirement table and the estimate of what was submitted; its gaps for the requirements reviewer."""
    gaps = [gap.message for gap in trace_gaps(case)] if review.kind == ReviewKind.REQUIREMENTS else []
    trace = trace_of_version(case.current_version) if case.current_version else {}
    return {"trace": trace, "traced": review.kind == ReviewKind.REQUIREMENTS, "gaps": gaps}


def _planning(request: SignedInRequest, case: Case, review: Review) -> dict:
    """What the planning reviewer sees beside the sheet; nothing for the others."""
    if review.kind != ReviewKind.PLANNING:
        return {"planning": None, "article3": None}
    return {"planning": panel(case, request.user), "article3": build_mode_test(case)}


def _progress(sheet: list[ReviewItem]) -> dict[str, int]:
    done = sum(1 for row in sheet if row.verdict)
    return {"done": done, "total": len(sheet), "share": round(100 * done / len(sheet)) if sheet else 0}


def _form_of(item: ReviewItem) -> VerdictForm:
    values = {name: getattr(item, name) for name in ("code", "verdict", "problem", "suggestion", "clause")}
    values["clause"] = values["clause"] or item.item.clause
    return VerdictForm(initial=values)


def _steps(review: Review, user: User) -> list[dict]:
    review.entry, found = None, []
    for step in REVIEW_STEPS:
        if step.source == review.status:
            found.append({"step": step, "reasons": blockers(review, step)})
    return found


def label_of(action: str) -> str:
    """The label of a step of reviews."""
    return str(next(step.label for step in REVIEW_STEPS if step.action == action))
