"""The ledger of obligations and waivers, and the page that closes an obligation."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from approvals import obligation_pages
from approvals.obligation_forms import ClosingForm
from approvals.obligation_services import close_obligation as close
from approvals.obligations import obligation_for


@require_safe
def obligations(request: SignedInRequest) -> HttpResponse:
    """What is owed, or the waivers, with filters."""
    return render(request, "approvals/obligations.html", obligation_pages.page(request))


@require_http_methods(["GET", "HEAD", "POST"])
def close_obligation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close one obligation with its evidence."""
    found = obligation_for(request.user, pk, "obligations.close")
    form = ClosingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            close(obligation_id=pk, actor=request.user, evidence=form.cleaned_data["evidence"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Settled: %(code)s.") % {"code": found.code})
            return redirect("obligations:obligations")
    status = 422 if form.errors else 200
    return render(request, "approvals/close_obligation.html", {"row": found, "form": form}, status=status)
