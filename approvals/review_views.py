"""Pages of a review and of a correction notice."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policy import allows
from accounts.requests import SignedInRequest
from approvals import queries, review_page
from approvals.errors import Blocked
from approvals.forms import AnswerForm
from approvals.models import CorrectionNotice
from approvals.services import perform_review
from approvals.sheet_services import answer_item, save_verdicts
from projects.states import State


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedInRequest, ref: str, pk: int) -> HttpResponse:
    """The sheet of one review; a POST stores the verdict on one item and shows the next."""
    found = queries.readable_review(request.user, ref, pk)
    if request.method != "POST":
        return render(request, "approvals/review.html", review_page.page(request, found.case, found))
    form = review_page.VerdictForm(request.POST)
    if not form.is_valid():
        return render(request, "approvals/review.html", review_page.page(request, found.case, found, form))
    data = form.cleaned_data
    save_verdicts(review_id=found.pk, actor=request.user, verdicts={data["code"]: data})
    return redirect("approvals:review", ref, pk)


@require_POST
def review_step(request: SignedInRequest, ref: str, pk: int, action: str) -> HttpResponse:
    """Start, conclude or step back from a review, through the door."""
    found = queries.readable_review(request.user, ref, pk)
    form = review_page.ConclusionForm(request.POST)
    if not form.is_valid():
        context = {**review_page.page(request, found.case, found), "conclusion": form}
        return render(request, "approvals/review.html", context)
    decision = perform_review(review_id=found.pk, action=action, actor=request.user, **form.cleaned_data)
    messages.success(request, _("Done: %(step)s.") % {"step": review_page.label_of(decision.action)})
    onward = "approvals:review" if decision.review_target == "in_progress" else "approvals:case"
    return redirect(onward, *([ref, pk] if onward == "approvals:review" else [ref]))


@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: SignedInRequest, ref: str, number: int) -> HttpResponse:
    """A correction notice with the answers; the applicant answers item by item."""
    case = queries.get_case(request.user, ref, "projects.reply" if request.method == "POST" else "projects.view")
    found = case.notices.filter(number=number).first()
    if found is None:
        raise Http404(number)
    waits = case.state == State.CORRECTION and not found.closed_at
    if request.method == "POST" and not waits:
        raise Blocked([_("This notice no longer waits for answers.")])
    forms = _answer_forms(request, found) if waits and allows(request.user, "projects.reply", case) else []
    if request.method == "POST" and all([form.is_valid() for form in forms]):
        return _store_answers(request, ref, forms)
    context = {"case": case, "notice": found, "lines": found.items.select_related("finding"), "forms": forms}
    return render(request, "approvals/notice.html", context)


def _answer_forms(request: SignedInRequest, found: CorrectionNotice) -> list[AnswerForm]:
    forms = []
    for item in found.items.all():
        initial = {"answer": item.answer, "answer_text": item.answer_text}
        form = AnswerForm(request.POST or None, prefix=f"item-{item.pk}", initial=initial)
        form.item = item
        forms.append(form)
    return forms


def _store_answers(request: SignedInRequest, ref: str, forms: list[AnswerForm]) -> HttpResponse:
    for form in forms:
        data = form.cleaned_data
        answer_item(item_id=form.item.pk, actor=request.user, answer=data["answer"], text=data["answer_text"])
    messages.success(request, _("Answers saved."))
    return redirect("approvals:case", ref)
