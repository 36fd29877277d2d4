"""What the review page shows: the sheet in groups, the chosen item, its form, and the conclusions."""

from dataclasses import replace

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.reading import reading_a_page
from accounts.requests import SignedInRequest
from approvals import review_sheet, review_tabs
from approvals.machine import blockers
from approvals.models import Case, Review, ReviewItem
from approvals.names import NEEDS_REASON, OPEN, ReviewKind, ReviewStatus, Verdict
from approvals.panels import review_panels
from approvals.review_context import wording_of
from approvals.review_sheet import Where, chosen_item, next_open
from approvals.reviews import REVIEW_STEPS
from approvals.seat_pages import is_of_the_whole, kept_away, may_judge
from approvals.waiver_guards import in_force
from projects.queries import facts
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


def page(request: SignedInRequest, case: Case, review: Review, form: VerdictForm | None = None) -> dict:
    """The sheet of one review for its reviewer, or for a reader: checklist, one tab of material, the verdict."""
    with reading_a_page():
        return _page(request, case, review, form)


def _page(request: SignedInRequest, case: Case, review: Review, form: VerdictForm | None) -> dict:
    items = list(review.items.select_related("item__standard"))
    where = Where.of(request.GET)
    item = chosen_item(items, form.data.get("code", "") if form else where.item)
    where = replace(where, item=item.code if item else "")
    tabs = review_tabs.page(case, review, item, where, request.user, request.GET.get("show", ""))
    writable = may_judge(review, request.user)
    wording = wording_of(tabs["earlier"], request.GET.get("take", "")) if writable else {}
    steps = _steps(review, request.user) if review.status in OPEN else []
    return {
        "case": case,
        "review": review,
        "item": item,
        "here": where.link(),
        "form": form or (_form_of(item, wording) if item and writable else None),
        "taken": bool(wording) and form is None,
        **review_sheet.page(items, item, where),
        **tabs,
        "waived": in_force(case),
        "writable": writable,
        "steps": steps,
        "may_conclude": any(not row["reasons"] for row in steps if row["step"].tone == "primary"),
        "conclusion": ConclusionForm(initial={"expected_version": review.seq}),
        "because": applies(item.item.condition, facts(case)).because if item else "",
        "is_expert": review.kind == ReviewKind.EXPERT,
        "sheet": item is not None and review.status != ReviewStatus.NOT_STARTED,
        "concludes": not request.GET.get("item") and all(row.verdict for row in items if row.applies),
        "panels": review_panels(case, review, request.user),
        "refused": kept_away(review, request.user) if review.status in OPEN else None,
    }


def _form_of(item: ReviewItem, wording: dict[str, str]) -> VerdictForm:
    values = {name: getattr(item, name) for name in ("code", "verdict", "problem", "suggestion", "clause")}
    values |= {name: text for name, text in wording.items() if text}
    values["clause"] = values["clause"] or item.item.citation
    return VerdictForm(initial=values)


def _steps(review: Review, user: User) -> list[dict]:
    """Steps of the review as a whole; those of its seats stand in their own panel, with several signers the conclusion
    too."""
    review.entry, found = None, []
    for step in REVIEW_STEPS:
        if step.source == review.status and not step.is_automatic and is_of_the_whole(review, step.action):
            found.append({"step": step, "reasons": blockers(review, step)})
    return found


def label_of(action: str) -> str:
    """The label of a step of reviews."""
    return str(next(step.label for step in REVIEW_STEPS if step.action == action))


def saved_as(code: str, verdict: str) -> str:
    """What is said after a verdict was stored."""
    return _("Saved: %(code)s, %(verdict)s.") % {"code": code, "verdict": Verdict(verdict).label}


def onward(request: SignedInRequest, review: Review) -> str:
    """The query of the page after a verdict was stored: the next item without one, no item where none is left."""
    items = list(review.items.only("code", "applies", "verdict"))
    return Where.of(request.GET).link(item=next_open(items, request.POST.get("code", "")))
