"""How good the findings are, and the decisions on them as a labelled set."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import policy
from accounts.requests import SignedInRequest
from approvals import quality as judged
from projects.labels import archive, labelled_set


@require_safe
def quality(request: SignedInRequest) -> HttpResponse:
    """Precision as judged per band, relation, month and engine; drift; reasons; what is met by mistake."""
    context = {
        **judged.quality(request.user),
        "may_export": policy.has_permission(request.user, "duplicates.export"),
        "may_change": policy.has_permission(request.user, "policies.edit"),
        "crumbs": [(_("Duplicate building"), reverse("approvals:duplicates")), (_("Quality"), "")],
    }
    return render(request, "approvals/quality.html", context)


@require_safe
def labels(request: SignedInRequest) -> HttpResponse:
    """The labelled set as one zip (design §9)."""
    policy.require(request.user, "duplicates.export")
    response = HttpResponse(archive(labelled_set()), content_type="application/zip")
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="labels-{day}.zip"'
    return response
