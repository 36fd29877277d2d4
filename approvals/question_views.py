"""Questions to the applicant: ask, answer, take back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from approvals import question_queries, question_services
from approvals.desk_forms import AskForm, ReplyForm
from approvals.queries import get_case


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedInRequest, ref: str) -> HttpResponse:
    """Ask the unit; where the asker holds a review, the question belongs to it."""
    case = get_case(request.user, ref)
    if not question_queries.may_ask(case, request.user):
        raise PermissionDenied("questions.ask")
    start = {"section": request.GET.get("section", "")}
    form = AskForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        review = question_queries.own_review(case, request.user)
        question_services.ask(case_id=case.pk, actor=request.user, review=review, **form.cleaned_data)
        messages.success(request, _("The question was sent to the unit."))
        return redirect("approvals:review", ref, review.pk) if review else redirect("approvals:case", ref)
    context = {"case": case, "form": form, "review": question_queries.own_review(case, request.user)}
    return render(request, "approvals/ask.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def question(request: SignedInRequest, ref: str, pk: int) -> HttpResponse:
    """One question with its answer; the unit answers here."""
    case, found = question_queries.question_for(request.user, ref, pk)
    answers = question_queries.may_answer(case, request.user)
    if request.method == "POST" and not answers:
        raise PermissionDenied("projects.reply")
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        question_services.answer(question_id=found.pk, actor=request.user, text=form.cleaned_data["text"])
        messages.success(request, _("Your answer was sent."))
        return redirect("approvals:case", ref)
    context = {
        "case": case,
        "question": found,
        "form": form if answers and found.is_open else None,
        "may_withdraw": question_queries.may_withdraw(found, request.user),
    }
    return render(request, "approvals/question.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw_question(request: SignedInRequest, ref: str, pk: int) -> HttpResponse:
    """Take a question back that is not answered yet."""
    _case, found = question_queries.question_for(request.user, ref, pk)
    question_services.withdraw(question_id=found.pk, actor=request.user)
    messages.success(request, _("The question was taken back."))
    return redirect("approvals:case", ref)
