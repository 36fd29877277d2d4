"""Pages for several cases at once: what is chosen, what becomes of each, and the list as a workbook."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from approvals.case_table import workbook
from approvals.errors import NotOffered
from approvals.together import Act, acts_for, chosen_cases, do_together
from approvals.together_forms import TogetherForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
def together(request: SignedInRequest) -> HttpResponse:
    """One thing done with several cases: asks for what it needs, then says what became of each."""
    named = request.POST if request.method == "POST" else request.GET
    act, cases = _act(request, named), chosen_cases(request.user, named.getlist("ref"))
    form = TogetherForm(request.POST if request.method == "POST" else None, act=act, user=request.user)
    context = {"act": act, "cases": cases, "form": form, "back": _back(request, named)}
    if request.method != "POST" or not cases or not form.is_valid():
        return render(request, "approvals/together.html", context, status=422 if request.method == "POST" else 200)
    results = do_together(
        actor=request.user, act=act.code, cases=cases, comment=form.cleaned_data["comment"],
        person=form.cleaned_data.get("person"), versions=_versions(request.POST, cases),
    )  # fmt: skip
    counts = {"done": sum(row.done for row in results), "refused": sum(not row.done for row in results)}
    return render(request, "approvals/together.html", {**context, "results": results, **counts})


@require_safe
def export_cases(request: SignedInRequest) -> HttpResponse:
    """The chosen cases, or the whole list as it is filtered, as a workbook."""
    response = HttpResponse(workbook(request.user, request.GET), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="cases.xlsx"'
    return response


def _act(request: SignedInRequest, named: QueryDict) -> Act:
    """The act that is asked for, if it is the person's. Without a name: the first of theirs."""
    found = acts_for(request.user)
    code = named.get("act", "")
    act = next((row for row in found if code in {"", row.code}), None)
    if act is None:
        raise NotOffered([_("This cannot be done with several cases at once: open each of them.")])
    return act


def _versions(data: QueryDict, cases: list[Any]) -> dict[str, int]:
    seen = {case.ref: data.get(f"seq-{case.ref}", "") for case in cases}
    return {ref: int(text) for ref, text in seen.items() if text.isascii() and text.isdecimal() and len(text) < 10}


def _back(request: SignedInRequest, named: QueryDict) -> str:
    target = named.get("next", "")
    fits = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if fits and target.startswith("/") else reverse("approvals:workbench")
