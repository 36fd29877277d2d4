"""A manager's note on a sign of a split project or a double budget."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from projects import queries
from projects.services.hints import note_hint as note


@require_POST
def note_hint(request: SignedInRequest, ref: str, pk: int) -> HttpResponse:
    """Mark a hint as seen, with what explains it."""
    project = queries.get_for(request.user, ref, "duplicates.adjudicate")
    hint = get_object_or_404(project.hints, pk=pk)
    try:
        note(hint_id=hint.pk, actor=request.user, text=request.POST.get("note", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Marked as seen."))
    return redirect("approvals:compare", ref=ref)
