"""One step on one seat: its form, then the door."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from approvals import queries, seat_pages
from approvals.services import perform_review


@require_http_methods(["GET", "HEAD", "POST"])
def seat_step(request: SignedInRequest, ref: str, pk: int, seat: int, move: str) -> HttpResponse:
    """Sign, take back, add, remove, hand on, ask for a view, give it back, step back: whatever `move` says."""
    found = queries.seat_for(request.user, ref, pk, seat)
    page = seat_pages.SeatPage(request, found, move)
    if request.method != "POST" or not page.form.is_valid():
        return render(request, "approvals/seat_step.html", page.context())
    decision = perform_review(
        review_id=found.review_id, action=page.step.action, actor=request.user,
        comment=page.form.cleaned_data.get("comment", ""), entry={"seat": found.pk, **page.form.entry},
    )  # fmt: skip
    messages.success(request, _("Done: %(step)s.") % {"step": page.step.label})
    return redirect(seat_pages.onward(request.user, found, decision))
