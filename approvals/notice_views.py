"""Pages of a correction notice: answering it, the preview before it is sent, prepared lines, closing lines."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policy import allows
from accounts.requests import SignedInRequest
from approvals import notice_forms as forms
from approvals import notice_page as pages
from approvals import notice_services as services
from approvals import queries
from approvals.errors import Blocked, NotOffered
from approvals.forms import AnswerForm
from approvals.models import Case, CorrectionNotice
from approvals.notice_merging import Line
from approvals.notice_queries import changed_since_notice, may_close, may_prepare, reviews_to_write_on
from approvals.services import perform
from approvals.sheet_services import answer_item
from approvals.step_page import StepPage, offered

KEPT = ("comment", "expected_version", "considered", "dropped")


@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: SignedInRequest, ref: str, number: int) -> HttpResponse:
    """A correction notice with the answers; the applicant answers item by item."""
    case = queries.get_case(request.user, ref, "projects.reply" if request.method == "POST" else "projects.view")
    found = _notice_of(case, number)
    waits = pages.waits_for_answers(case, found)
    if request.method == "POST" and not waits:
        raise Blocked([_("This notice no longer waits for answers.")])
    answers = _answer_forms(request, found) if waits and allows(request.user, "projects.reply", case) else []
    if request.method == "POST" and _store_answers(request, case, found, answers):
        return redirect("approvals:notice", ref, number) if "stay" in request.POST else redirect("approvals:case", ref)
    context = pages.page(case, found, request.user, answers)
    return render(request, "approvals/notice.html", {**context, "has_errors": any(form.errors for form in answers)})


@require_POST
def close_line(request: SignedInRequest, ref: str, number: int, pk: int) -> HttpResponse:
    """Say of one line that it is cured or not."""
    case = queries.get_case(request.user, ref)
    item = _notice_of(case, number).items.filter(pk=pk).first()
    if item is None:
        raise Http404(pk)
    if not may_close(case, item, request.user):
        raise NotOffered([_("A line is closed by who raised it.")])
    form = forms.CloseForm(request.POST, prefix=f"close-{pk}")
    if not form.is_valid():
        raise Blocked([str(text) for texts in form.errors.values() for text in texts], kept=_kept(form))
    item = services.close_line(item_id=pk, actor=request.user, **form.cleaned_data)
    messages.success(request, _("Line %(n)s: %(state)s.") % {"n": item.position, "state": item.get_closure_display()})
    return _back(request, "approvals:notice", ref, number)


@require_http_methods(["GET", "HEAD", "POST"])
def notice_preview(request: SignedInRequest, ref: str, action: str) -> HttpResponse:
    """The notice as it will be sent: edit, put together, leave out; then send it once."""
    case = queries.get_case(request.user, ref)
    offer = offered(case, request.user, action, request.POST)
    if "lines" not in offer.step.fields:
        raise Http404(action)
    if f"{forms.PREFIX}-TOTAL_FORMS" in request.POST:
        return _edited_or_sent(request, case, offer)
    page = StepPage(request, case, offer)
    if request.method == "POST" and (page.wants_more or not page.is_valid()):
        return render(request, "approvals/step.html", page.context())
    lines = page.lines if request.method == "POST" else case.collectable_items()
    kept = page.kept if request.method == "POST" else {"expected_version": case.seq}
    return render(request, "approvals/notice_preview.html", pages.preview(case, offer, lines, request.user, kept))


@require_http_methods(["GET", "HEAD", "POST"])
def notice_lines(request: SignedInRequest, ref: str) -> HttpResponse:
    """Lines prepared for the next notice; a POST adds one, takes one back, or gives leave."""
    case = queries.get_case(request.user, ref)
    if not may_prepare(case, request.user):
        raise PermissionDenied("notices.prepare")
    if request.method != "POST":
        return render(request, "approvals/notice_lines.html", pages.prepared_page(case, request.user))
    form = _line_form(request, case)
    if "remove" in request.POST or "allow" in request.POST:
        _change_line(request, case)
    elif form.is_valid():
        services.prepare_line(
            project_id=case.pk, actor=request.user, values=form.values, review_id=_number(request.POST.get("review"))
        )
        messages.success(request, _("Prepared for the next notice."))
    else:
        return render(request, "approvals/notice_lines.html", pages.prepared_page(case, request.user, form))
    return _back(request, "approvals:notice_lines", ref)


# --- inside -----------------------------------------------------------------------------------------------------------


def _notice_of(case: Case, number: int) -> CorrectionNotice:
    found = case.notices.select_related("decision__version").filter(number=number).first()
    if found is None:
        raise Http404(number)
    return found


def _answer_forms(request: SignedInRequest, found: CorrectionNotice) -> list[AnswerForm]:
    answers = []
    for item in found.items.all():
        initial = {"answer": item.answer, "answer_text": item.answer_text}
        form = AnswerForm(request.POST or None, prefix=f"item-{item.pk}", initial=initial)
        form.item = item
        answers.append(form)
    return answers


def _store_answers(request: SignedInRequest, case: Case, found: CorrectionNotice, answers: list[AnswerForm]) -> bool:
    """Store every answer that is in order, so that nothing typed is lost; whether all of them are."""
    changed = changed_since_notice(case, found)
    for form in answers:
        if form.is_valid():
            data = form.cleaned_data
            answer_item(item_id=form.item.pk, actor=request.user, answer=data["answer"], text=data["answer_text"])
            same = bool(form.item.section) and form.item.section not in changed
            if warning := pages.said_after(form, same):
                messages.warning(request, warning)
    fine = all(form.is_valid() for form in answers)
    if fine:
        messages.success(request, _("Answers saved."))
    return fine


def _edited_or_sent(request: SignedInRequest, case: Case, offer: Any) -> HttpResponse:
    typed = forms.sent(case, request.POST)
    kept: dict[str, Any] = {name: request.POST.get(name, "") for name in KEPT}
    if not typed.is_valid():
        lines: list[Line] = [form.line if form.is_valid() else form.known for form in typed]
        return _shown(request, case, offer, lines, {**kept, "forms": typed})
    lines, dropped = forms.edited(typed)
    kept["dropped"] = "\n".join(filter(None, [kept["dropped"], *(_short(line) for line in dropped)]))
    if "update" in request.POST:
        return _shown(request, case, offer, lines, kept)
    try:
        _send(request, case, offer, lines, kept)
    except Blocked as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return _shown(request, case, offer, lines, kept, status=409)
    messages.success(request, _("Done: %(step)s.") % {"step": offer.step.label})
    return redirect("approvals:case", case.ref)


def _send(request: SignedInRequest, case: Case, offer: Any, lines: list[Line], kept: dict[str, Any]) -> None:
    seen = kept["expected_version"]
    perform(
        case_id=case.pk, action=offer.step.action, actor=request.user, comment=kept["comment"],
        expected_version=int(seen) if seen.isdecimal() else None,
        entry={"lines": lines, "considered": kept["considered"], "dropped": kept["dropped"]},
    )  # fmt: skip


def _shown(
    request: SignedInRequest, case: Case, offer: Any, lines: list[Line], kept: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = pages.preview(case, offer, lines, request.user, kept)
    return render(request, "approvals/notice_preview.html", context, status=status)


def _short(line: Line) -> str:
    return f"{line.get('code', '')} {line.get('problem', '')}".strip().replace("\n", " ")[:80]


def _line_form(request: SignedInRequest, case: Case) -> Any:
    own = [row for row in reviews_to_write_on(case, request.user) if str(row.pk) == request.POST.get("review")]
    if own:
        return forms.ReviewLineForm(request.POST, codes=[item.code for item in own[0].sheet_items()])
    return forms.LineForm(request.POST)


def _change_line(request: SignedInRequest, case: Case) -> None:
    if "remove" in request.POST:
        services.remove_line(line_id=_number(request.POST["remove"]) or 0, actor=request.user)
        messages.success(request, _("Taken back."))
        return
    number, because = _number(request.POST["allow"]) or 0, request.POST.get("because", "")
    collected = case.collectable_items()
    if not 0 < number <= len(collected):
        raise Blocked([_("Somebody has changed the lines meanwhile. Open the page again.")])
    services.allow_line(project_id=case.pk, actor=request.user, line=collected[number - 1], because=because)
    messages.success(request, _("The line may be cited."))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def _kept(form: Any) -> dict[str, str]:
    return {"comment": form.data.get(form.add_prefix("note"), "")}


def _back(request: SignedInRequest, *address: Any) -> HttpResponse:
    """To the page that the form stood on, when it is one of ours."""
    wanted = request.POST.get("back", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect(*address)
