"""Pages of a review."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from approvals import queries, review_page
from approvals.seat_services import note_read
from approvals.seeing import note_seen
from approvals.services import perform_review
from approvals.sheet_services import save_verdicts


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedInRequest, ref: str, pk: int) -> HttpResponse:
    """The sheet of one review; a POST stores the verdict on one item and shows the next."""
    found = queries.readable_review(request.user, ref, pk)
    if request.method != "POST":
        response = render(request, "approvals/review.html", review_page.page(request, found.case, found))
        note_seen(found.case, request.user, found.case.current_version)
        note_read(review=found, user=request.user)
        return response
    form = review_page.VerdictForm(request.POST)
    if not form.is_valid():
        return render(request, "approvals/review.html", review_page.page(request, found.case, found, form))
    data = form.cleaned_data
    save_verdicts(review_id=found.pk, actor=request.user, verdicts={data["code"]: data})
    messages.success(request, review_page.saved_as(data["code"], data["verdict"]))
    return redirect(reverse("approvals:review", args=[ref, pk]) + review_page.onward(request, found))


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
