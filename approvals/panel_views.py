"""Pages of one case's panel: a draw and its re-run, the declaration, the points, and questions to outside experts."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policy import require
from accounts.requests import SignedInRequest
from approvals import expert_pages, expert_queries, invitation_queries, invitation_services, queries, review_page
from approvals.errors import NotOffered
from approvals.expert_forms import AnswerInvitationForm, DeclarationForm, InvitationForm, ScoreForm
from approvals.expert_services import declare, save_scores
from approvals.models import Invitation, Review
from approvals.names import ReviewKind, ReviewStatus
from approvals.reviews import CONCLUDING
from approvals.services import perform_review


@require_safe
def draw(request: SignedInRequest, ref: str, number: int) -> HttpResponse:
    """Seed, algorithm, pool, exclusions and result of one draw; ?again=1 runs it once more."""
    require(request.user, "experts.view")
    case = queries.get_case(request.user, ref)
    row = expert_queries.draw_for(request.user, case, number)
    again = request.GET.get("again") == "1"
    return render(request, "approvals/draw.html", expert_pages.draw_page(case, row, again=again))


def _seat(request: SignedInRequest, ref: str, pk: int) -> Review:
    found = queries.readable_review(request.user, ref, pk)
    if found.kind != ReviewKind.EXPERT or found.reviewer_id != request.user.pk:
        raise Http404(f"{ref}/{pk}")
    return found


def _again(request: SignedInRequest, found: Review, form: DeclarationForm | ScoreForm) -> HttpResponse:
    found.__dict__["typed"] = form
    context = {**review_page.page(request, found.case, found), "has_errors": True}
    return render(request, "approvals/review.html", context, status=422)


@require_POST
def declare_interest(request: SignedInRequest, ref: str, pk: int) -> HttpResponse:
    """The expert declares to have no interest, and the sheet opens."""
    found, form = _seat(request, ref, pk), DeclarationForm(request.POST)
    if found.status == ReviewStatus.NOT_STARTED and not form.is_valid():
        return _again(request, found, form)
    with transaction.atomic():
        declare(review_id=pk, actor=request.user)
        perform_review(review_id=pk, action="review_open", actor=request.user)
    messages.success(request, _("Declared. Your sheet is open; nobody sees it before you submit it."))
    return redirect("approvals:review", ref, pk)


@require_POST
def score(request: SignedInRequest, ref: str, pk: int) -> HttpResponse:
    """Keep points and opinion; with a conclusion, submit them as well."""
    found = _seat(request, ref, pk)
    form = ScoreForm(request.POST, review=found)
    action = request.POST.get("conclude", "")
    if not form.is_valid():
        return _again(request, found, form)
    data = form.cleaned_data
    save_scores(review_id=pk, actor=request.user, scores=form.scores, opinion=data["comment"])
    if action not in CONCLUDING:
        messages.success(request, _("Draft kept. It is not submitted yet."))
        return redirect("approvals:review", ref, pk)
    seen = data["expected_version"]
    perform_review(review_id=pk, action=action, actor=request.user, comment=data["comment"], expected_version=seen)
    messages.success(request, _("Submitted. You can now read the others' opinions."))
    return redirect("approvals:review", ref, pk)


# --- outside experts --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: SignedInRequest, ref: str) -> HttpResponse:
    """Ask an outside expert one question."""
    case = queries.get_case(request.user, ref, "invitations.send")
    form = InvitationForm(request.POST if request.method == "POST" else None, case=case)
    if form.is_valid():
        try:
            row = invitation_services.invite(case_id=case.pk, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(name)s is invited and told.") % {"name": row.expert.label})
            return redirect("approvals:case", ref)
    return render(request, "approvals/invite.html", {"case": case, "form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: SignedInRequest, ref: str, pk: int) -> HttpResponse:
    """The question with its answer for whoever may read it; the invited expert answers or declines."""
    row = invitation_queries.invitation_for(request.user, ref, pk)
    mine = row.expert_id == request.user.pk
    if request.method == "POST" and not mine:
        raise NotOffered([_("Only the invited expert answers.")], [row.expert.label])
    form = AnswerInvitationForm(request.POST if request.method == "POST" else None, row=row) if mine else None
    if request.method == "POST" and form is not None and form.is_valid() and _answered(request, row, form):
        return redirect("approvals:workbench")
    context = {"row": row, "case": row.project, "form": form, "mine": mine, "may_revoke": not mine and row.is_open}
    status = 422 if form is not None and form.errors else 200
    return render(request, "approvals/invitation.html", context, status=status)


def _answered(request: SignedInRequest, row: Invitation, form: AnswerInvitationForm) -> bool:
    """Store the answer or the refusal; False where the form says what is missing."""
    data = form.cleaned_data
    try:
        if "decline" in request.POST:
            invitation_services.decline(invitation_id=row.pk, actor=request.user, reason=data["reason"])
            messages.success(request, _("Declined. Thank you for saying so."))
        else:
            invitation_services.answer(
                invitation_id=row.pk, actor=request.user, text=data["answer"], says_yes=form.says
            )
            messages.success(request, _("Answered. Thank you; the proposal is closed to you again."))
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


@require_POST
def revoke_invitation(request: SignedInRequest, ref: str, pk: int) -> HttpResponse:
    """Take an invitation back before it is answered."""
    row = invitation_queries.invitation_for(request.user, ref, pk)
    invitation_services.revoke(invitation_id=row.pk, actor=request.user, reason=request.POST.get("reason", ""))
    messages.success(request, _("Revoked. The expert no longer sees the proposal."))
    return redirect("approvals:case", ref)
